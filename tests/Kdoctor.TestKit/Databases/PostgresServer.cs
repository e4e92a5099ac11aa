using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Kdoctor.TestKit.Databases;

/// <summary>
/// A real PostgreSQL server of one's own: Debian's, in a temporary folder, reached by a socket in it, or on an address where one is named. It does not run
/// as root, and ends with whoever started it, however that ends.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string Programs = "/usr/lib/postgresql";

    // Whoever started it holds the other end of the input, and lets go of it by ending.
    private const string EndWithStarter = "\"$@\" </dev/null & read _; kill -QUIT $!; wait";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo folder;
    private readonly Process process;
    private readonly string host;
    private readonly int port;
    private int databases;

    private PostgresServer(DirectoryInfo folder, Process process, string host, int port) =>
        (this.folder, this.process, this.host, this.port) = (folder, process, host, port);

    /// <summary>Why there is none on this machine; null when there is.</summary>
    public static string? Missing =>
        BinFolder() is null ? $"PostgreSQL is not installed (no {Programs}/*/bin/initdb)"
        : Environment.IsPrivilegedProcess && !File.Exists("/usr/bin/setpriv") ? "PostgreSQL does not run as root, and there is no setpriv to become another user with"
        : null;

    /// <summary>Starts a server; returns once it takes connections.</summary>
    /// <param name="address">Where to listen besides the socket, all users trusted; null for nowhere.</param>
    /// <param name="port">The port there; also in the socket's name.</param>
    public static async Task<PostgresServer> StartAsync(string? address = null, int port = 5432)
    {
        var bin = BinFolder() ?? throw new InvalidOperationException(Missing);
        var folder = Directory.CreateTempSubdirectory("kdoctor-pg-");
        var data = Path.Combine(folder.FullName, "data");
        if (Environment.IsPrivilegedProcess)
            await RunAsync("chown", ["nobody", folder.FullName]);
        await RunAsync(AsNobody($"{bin}/initdb", "-D", data, "-U", "kdoctor", "-A", "trust", "--no-sync", "--no-instructions", "-E", "UTF8", "--locale=C"));
        if (address is not null)
            await File.AppendAllTextAsync(Path.Combine(data, "pg_hba.conf"), "host all all 0.0.0.0/0 trust\n");
        var process = Start(AsNobody(
            "/bin/sh", "-c", EndWithStarter, "sh", $"{bin}/postgres", "-D", data, "-k", folder.FullName, "-p", port.ToString(CultureInfo.InvariantCulture), "-c", $"listen_addresses={address}",
            "-c", "fsync=off", "-c", "shared_buffers=16MB", "-c", "max_connections=60", "-c", "autovacuum=off", "-c", "log_destination=stderr", "-c", "logging_collector=off"));
        var server = new PostgresServer(folder, process, address ?? folder.FullName, port);
        await server.ReadyAsync();
        return server;
    }

    /// <summary>Makes an empty database.</summary>
    /// <returns>How to connect to it.</returns>
    public async Task<string> NewDatabaseAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test{Interlocked.Increment(ref databases)}");
        await RunAsync($"{BinFolder()}/createdb", ["-h", folder.FullName, "-p", port.ToString(CultureInfo.InvariantCulture), "-U", "kdoctor", "-T", "template0", name]);
        return string.Create(CultureInfo.InvariantCulture, $"Host={host};Port={port};Database={name};Username=kdoctor");
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
        folder.Delete(recursive: true);
    }

    private static string? BinFolder() => !Directory.Exists(Programs) ? null : Directory.EnumerateDirectories(Programs)
        .Select(version => Path.Combine(version, "bin"))
        .Where(bin => File.Exists(Path.Combine(bin, "initdb")))
        .OrderByDescending(bin => bin, StringComparer.Ordinal)
        .FirstOrDefault();

    // PostgreSQL refuses to run as root.
    private static string[] AsNobody(params string[] command) => Environment.IsPrivilegedProcess
        ? ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", .. command]
        : command;

    private async Task ReadyAsync()
    {
        var seen = new StringBuilder();
        using var guard = new CancellationTokenSource(Patience);
        while (await process.StandardError.ReadLineAsync(guard.Token) is { } line)
        {
            seen.AppendLine(line);
            if (!line.Contains("ready to accept connections", StringComparison.Ordinal))
                continue;
            _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
            return;
        }
        throw new InvalidOperationException($"PostgreSQL did not start:\n{seen}");
    }

    private static Process Start(string[] command) => Process.Start(
        new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardError = true, WorkingDirectory = "/" })!;

    private static Task RunAsync(string[] command) => RunAsync(command[0], command[1..]);

    private static async Task RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await output}{await error}");
    }
}
