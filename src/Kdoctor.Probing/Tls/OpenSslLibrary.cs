using System.Reflection;
using System.Runtime.InteropServices;

namespace Kdoctor.Probing.Tls;

/// <summary>Finds OpenSSL on the machine, once: version 3, else 1.1.</summary>
internal static class OpenSslLibrary
{
    private const ulong NoCleanupAtExit = 0x00080000;
    private static readonly string[] Suffixes = [".so.3", ".so.1.1"];

    // Why there is none; null when it was found.
    private static readonly string? Missing = Register();

    /// <summary>Makes sure that <see cref="OpenSsl"/> can be called.</summary>
    /// <exception cref="DllNotFoundException">The machine has no OpenSSL; the message names the package.</exception>
    internal static void Require()
    {
        if (Missing is { } words)
            throw new DllNotFoundException(words);
    }

    /// <summary>Looks for both libraries under one of the suffixes; null and the handles when found, else what to do about it.</summary>
    internal static string? Find(IReadOnlyList<string> suffixes, out nint ssl, out nint crypto)
    {
        ssl = crypto = 0;
        foreach (var suffix in suffixes)
        {
            if (NativeLibrary.TryLoad("libcrypto" + suffix, out crypto) && NativeLibrary.TryLoad("libssl" + suffix, out ssl))
                return null;
        }
        return $"TLS needs OpenSSL, and neither {string.Join(" nor ", suffixes.Select(suffix => "libssl" + suffix))} can be loaded; "
            + "install it (package libssl3 on Debian and Ubuntu, openssl-libs on Fedora, libssl3 on Alpine)";
    }

    private static string? Register()
    {
        var missing = Find(Suffixes, out var ssl, out var crypto);
        if (missing is not null)
            return missing;
        NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), (name, _, _) => name switch { "libssl" => ssl, "libcrypto" => crypto, _ => 0 });

        // OPENSSL_INIT_NO_ATEXIT: a loop may still be at work when the process ends, and must not find the library taken apart.
        _ = OpenSsl.Initialize(NoCleanupAtExit, 0);
        return null;
    }
}
