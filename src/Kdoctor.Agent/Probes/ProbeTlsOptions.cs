using System.CommandLine;
using System.CommandLine.Parsing;
using Kdoctor.Core.Planning;

namespace Kdoctor.Agent.Probes;

/// <summary>What the probe commands can say of TLS, whatever is in it.</summary>
internal sealed class ProbeTlsOptions
{
    private readonly Option<FileInfo?> cacert;
    private readonly Option<FileInfo?> cert = new("--cert") { Description = "The client's own certificate, in PEM.", HelpName = "FILE" };
    private readonly Option<FileInfo?> key = new("--key") { Description = "The client certificate's key, in PEM and not encrypted.", HelpName = "FILE" };
    private readonly Option<string?> serverName = new("--servername") { Description = "The name that the server is told and that its certificate must be for; without it the target's own.", HelpName = "NAME" };

    /// <param name="server">The kind of server that has TLS, for example <c>an https server</c>.</param>
    public ProbeTlsOptions(string server) =>
        cacert = new Option<FileInfo?>("--cacert") { Description = $"Who may vouch for {server}, in PEM; without it the server is not verified.", HelpName = "FILE" };

    public IEnumerable<Option> All => [cacert, cert, key, serverName];

    /// <summary>All that is wrong with the choices, at once.</summary>
    /// <param name="result">The choices.</param>
    /// <param name="plain">What the target is when it has no TLS; null when it has.</param>
    public void Check(CommandResult result, string? plain)
    {
        foreach (var option in new[] { cacert, cert, key })
        {
            if (result.GetValue(option) is { } file && NamedFile.Trouble(file.FullName) is { } trouble)
                result.AddError($"{option.Name} {file}: {trouble}");
        }
        if (result.GetValue(cert) is null != result.GetValue(key) is null)
            result.AddError("--cert and --key belong together: give both, or neither");
        foreach (var option in All.Where(option => plain is not null && result.GetResult(option) is { Implicit: false }))
            result.AddError($"{option.Name}: {plain} has no TLS");
    }

    public TlsPlan Read(ParseResult parsed) => new()
    {
        AuthoritiesPem = Bytes(parsed.GetValue(cacert)),
        CertificatePem = Bytes(parsed.GetValue(cert)),
        KeyPem = Bytes(parsed.GetValue(key)),
        ServerName = parsed.GetValue(serverName),
    };

    /// <summary>How far a server is trusted, for the title of what was found.</summary>
    public static string Trust(TlsPlan? tls) =>
        tls is null ? "" : tls.Verifies ? ", verifying the server" : ", server not verified (give --cacert to verify it)";

    private static byte[] Bytes(FileInfo? file) => file is null ? [] : File.ReadAllBytes(file.FullName);
}
