using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Tasks.Reading;

namespace Kdoctor.Agent.Probes;

/// <summary>What <c>kdoctor probe http</c> can say of the request.</summary>
internal sealed class ProbeHttpOptions
{
    private const int MaxStreams = 1000;

    private readonly Option<string> method = new("--method") { Description = "The request's method.", DefaultValueFactory = _ => "GET" };
    private readonly Option<string[]> header = new("--header", "-H") { Description = "A further header; may be given several times.", HelpName = "NAME: VALUE" };
    private readonly Option<string?> body = new("--body") { Description = "The request's body; @FILE reads it from a file.", HelpName = "TEXT|@FILE" };
    private readonly Option<bool> http2 = new("--http2") { Description = "HTTP/2: agreed on by ALPN over TLS, taken for granted without." };
    private readonly Option<int> streams = new("--streams") { Description = "How many requests one HTTP/2 connection carries at once.", HelpName = "N", DefaultValueFactory = _ => 10 };
    private readonly ProbeTlsOptions tls = new("an https server");
    private readonly Option<bool> noKeepalive = new("--no-keepalive") { Description = "A connection of its own for each request, as the rounds of a task have it." };

    public ProbeHttpOptions() => method.AcceptOnlyFromAmong("GET", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "PATCH", "HEAD");

    public IEnumerable<Option> All => [method, header, body, http2, streams, .. tls.All, noKeepalive];

    /// <summary>All that is wrong with the choices, at once.</summary>
    /// <param name="result">The choices.</param>
    /// <param name="url">The target; null when it is none.</param>
    public void Check(CommandResult result, Uri? url)
    {
        foreach (var text in result.GetValue(header) ?? [])
        {
            if (HeaderField.Parse(text, out var problem, out var remedy) is null)
                result.AddError($"--header {problem}; {remedy}");
        }
        if (result.GetResult(streams)?.GetValueOrDefault<int>() is < 1 or > MaxStreams)
            result.AddError($"--streams {result.GetValue(streams)}: must be 1 to {MaxStreams}");
        if (result.GetValue(body) is { } content && content.StartsWith('@') && NamedFile.Trouble(content[1..]) is { } trouble)
            result.AddError($"--body {content}: {trouble}");
        tls.Check(result, url is null || url.Scheme == Uri.UriSchemeHttps ? null : $"{url.Scheme}://");
    }

    public ProbeHttpChoices Read(ParseResult parsed, Uri url)
    {
        var headers = (parsed.GetValue(header) ?? []).Select(text => HeaderField.Parse(text, out _, out _)!.Value).ToList();
        var request = HttpRequestPlan.To(url, parsed.GetValue(method)!, headers) with
        {
            Http2 = parsed.GetValue(http2),
            KeepAlive = !parsed.GetValue(noKeepalive),
        };
        if (request.Tls is not null)
            request = request with { Tls = tls.Read(parsed) };
        return new ProbeHttpChoices(request, BodyOf(parsed.GetValue(body)), parsed.GetValue(streams));
    }

    private static byte[] BodyOf(string? text) =>
        text is null ? [] : text.StartsWith('@') ? File.ReadAllBytes(text[1..]) : Encoding.UTF8.GetBytes(text);
}

/// <summary>The request that the user chose.</summary>
/// <param name="Request">All but its body.</param>
/// <param name="Body">The body; empty for none.</param>
/// <param name="Streams">Requests at once on one HTTP/2 connection.</param>
internal sealed record ProbeHttpChoices(HttpRequestPlan Request, ReadOnlyMemory<byte> Body, int Streams);
