using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Kdoctor.TestKit.Http2;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Kdoctor.Tests.EndToEnd.Kinds;

/// <summary>A server that nobody here wrote, behaving as the path asks, with a count of its own of what it was sent.</summary>
internal sealed class ApplicationUnderTest(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Seen>> requests = new(StringComparer.Ordinal);

    /// <summary>One request as the server saw it.</summary>
    internal sealed record Seen(string Method, string Protocol, string Body, string? Header, int Number);

    /// <summary>All requests for a path.</summary>
    public IReadOnlyCollection<Seen> Of(string task) => requests.GetValueOrDefault(task) ?? [];

    public Task<HonestServer> ServeAsync(HttpProtocols protocols, X509Certificate2? certificate) => HonestServer.StartAsync(protocols, certificate, AnswerAsync);

    private async Task AnswerAsync(HttpContext context)
    {
        var task = context.Request.Path.Value?.Trim('/') ?? "";
        var seen = requests.GetOrAdd(task.Length == 0 ? context.Request.Method : task, _ => new());
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        lock (seen)
            seen.Enqueue(new Seen(context.Request.Method, context.Request.Protocol, body, context.Request.Headers["X-Case"], seen.Count));
        switch (task)
        {
            case "a03":
                await Task.Delay(TimeSpan.FromMilliseconds(200), time);
                break;
            case "a12" when seen.Count % 4 == 0:
                context.Response.StatusCode = 500;
                break;
            case "redirect":
                context.Response.Redirect("/elsewhere");
                break;
            case "default-backend":
                context.Response.StatusCode = 404;
                break;
        }
    }
}
