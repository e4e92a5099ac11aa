using System.CommandLine;
using System.Text.Json.Nodes;
using Kdoctor.Core.Tasks.Reading;
using Kdoctor.Probing.Http;

namespace Kdoctor.Agent.Probes;

/// <summary>
/// <c>kdoctor probe http URL</c>: one HTTP address, one request, again and again. Connections are kept unless asked otherwise: people who put load on a
/// server from a command line mean the server; a task, which asks about the way there, does the opposite.
/// </summary>
internal static class ProbeHttpCommand
{
    /// <summary>The command.</summary>
    public static Command Create(ProbeContext context)
    {
        var url = new Argument<string>("URL") { Description = "For example http://10.0.0.7:8080/healthz or https://example.com/; without a scheme it is http." };
        var request = new ProbeHttpOptions();
        var options = new ProbeOptions("How many connections share the requests with --rate max; over HTTP/2 each carries --streams of them at once.");
        var command = new Command("http", "Send an HTTP request: status codes, failures, latencies, and where the time goes.") { url };
        foreach (var option in request.All.Concat(options.All))
            command.Add(option);
        command.Validators.Add(options.Check);
        command.Validators.Add(result =>
        {
            var (problem, remedy) = ("", "");
            var target = result.GetValue(url) is { } text ? TargetUrl.Parse(text, out problem, out remedy) : null;
            request.Check(result, target);
            if (target is null && problem.Length > 0)
                result.AddError($"URL: {problem}; {remedy}");
        });
        command.SetAction((parsed, cancellation) =>
        {
            var choices = options.Read(parsed);
            var target = TargetUrl.Parse(parsed.GetValue(url)!, out _, out _)!;
            return ProbeSession.RunAsync(Target(target, request.Read(parsed, target), choices.Connections), choices, context, cancellation);
        });
        return command;
    }

    private static ProbeTarget Target(Uri url, ProbeHttpChoices choices, int connections)
    {
        var request = choices.Request;
        var streams = request is { Http2: true, KeepAlive: true } ? choices.Streams : 1;
        var version = request.Http2 ? "HTTP/2" : "HTTP/1.1";
        var keeping = request.KeepAlive ? "connections kept" : "a connection per request";
        return new ProbeTarget(
            $"http {request.Method} {url.AbsoluteUri} over {version}, {keeping}{ProbeTlsOptions.Trust(request.Tls)}",
            new JsonObject
            {
                ["url"] = url.AbsoluteUri,
                ["method"] = request.Method,
                ["http2"] = request.Http2,
                ["keepAlive"] = request.KeepAlive,
                ["serverVerified"] = request.Tls?.Verifies,
            },
            new HttpProbePlan
            {
                Host = url.HostNameType == UriHostNameType.IPv6 ? url.DnsSafeHost : url.IdnHost,
                Port = url.Port,
                Request = request,
                Body = choices.Body,
                StreamsPerConnection = streams,
            },
            connections * streams);
    }
}
