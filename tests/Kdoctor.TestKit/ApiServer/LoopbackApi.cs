using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Kdoctor.ApiServer.Http;
using Kdoctor.ApiServer.Resources;
using Kdoctor.ApiServer.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kdoctor.TestKit.ApiServer;

/// <summary>A <see cref="KubernetesApi"/> behind real sockets on loopback, with TLS, a token and a kubeconfig.</summary>
public sealed class LoopbackApi : IAsyncDisposable
{
    public const string Token = "loopback-token-for-tests";

    private readonly WebApplication app;
    private readonly X509Certificate2 certificate;
    private readonly DirectoryInfo folder;

    private LoopbackApi(WebApplication app, X509Certificate2 certificate, DirectoryInfo folder, Uri address)
    {
        (this.app, this.certificate, this.folder, Address) = (app, certificate, folder, address);
        Client = NewClient();
    }

    public Uri Address { get; }

    public string Kubeconfig => Path.Combine(this.folder.FullName, "kubeconfig");

    /// <summary>A client that trusts the server and presents the token.</summary>
    public HttpClient Client { get; }

    /// <param name="resources">What it serves.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="options">Its limits; null for the usual.</param>
    /// <param name="authorization">Who may do what; null for everybody everything.</param>
    /// <param name="configure">Changes the server.</param>
    /// <param name="instead">
    /// Answers in the API's place, by method and path, as an API server whose extension is away does: a status code of its own; 0 breaks
    /// the connection; null leaves the request to the API.
    /// </param>
    public static async Task<LoopbackApi> StartAsync(
        IReadOnlyList<ApiResource> resources,
        TimeProvider time,
        KubernetesApiOptions? options = null,
        Kdoctor.ApiServer.Security.Authorization? authorization = null,
        Action<KestrelServerOptions>? configure = null,
        Func<string, string, int?>? instead = null)
    {
        var certificate = SelfSigned();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.LimitForKubernetesApi();
            configure?.Invoke(server);
            server.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate));
        });
        var app = builder.Build();
        var authenticator = new StaticTokenAuthenticator(new Dictionary<string, Caller> { [Token] = new("tester", ["system:masters"]) });
#pragma warning disable RS0030 // Fixed seed; uids of a test need only differ.
        var random = new Random(1);
#pragma warning restore RS0030
        var uids = 0;
        var sources = new ApiSources(time, () => new Guid(Interlocked.Increment(ref uids), 0, 0, new byte[8]), random);
        var logger = app.Services.GetRequiredService<ILogger<KubernetesApi>>();
        app.Use((context, next) => instead?.Invoke(context.Request.Method, context.Request.Path) is { } code ? AnswerAsync(context, code) : next(context));
        app.MapKubernetesApi(new KubernetesApi(options ?? new KubernetesApiOptions(), resources, authenticator, sources, logger, authorization));
        await app.StartAsync();

        var api = new LoopbackApi(app, certificate, Directory.CreateTempSubdirectory("kdoctor-api-"), new Uri(app.Urls.First()));
        await File.WriteAllTextAsync(api.Kubeconfig, api.KubeconfigText());
        return api;
    }

    /// <summary>One request with the token.</summary>
    public async Task<LoopbackAnswer> SendAsync(
        HttpMethod method, string path, string? body = null, string type = "application/json", string? accept = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        using var response = await Client.SendAsync(request);
        var warnings = response.Headers.TryGetValues("Warning", out var found) ? found.ToList() : [];
        return new LoopbackAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync(), warnings);
    }

    /// <summary>Opens a watch; the lines come as they are written.</summary>
    public async Task<StreamReader> WatchAsync(string path)
    {
        var response = await Client.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        return new StreamReader(await response.Content.ReadAsStreamAsync());
    }

    public HttpClient NewClient()
    {
#pragma warning disable CA5399, CA2000 // The certificate is compared with the one that this server made; the client owns its handler.
        var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, presented, _, _) => presented?.Thumbprint == this.certificate.Thumbprint,
        };
        return new HttpClient(handler)
#pragma warning restore CA5399, CA2000
        {
            BaseAddress = Address,
            DefaultRequestHeaders = { Authorization = new("Bearer", Token) },
        };
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        using (var now = new CancellationTokenSource())
        {
            // Watches would otherwise be waited for.
            await now.CancelAsync();
            await this.app.StopAsync(now.Token);
        }

        await this.app.DisposeAsync();
        this.certificate.Dispose();
        this.folder.Delete(recursive: true);
    }

    private static Task AnswerAsync(HttpContext context, int code)
    {
        if (code == 0)
        {
            context.Abort();
            return Task.CompletedTask;
        }
        context.Response.StatusCode = code;
        return context.Response.WriteAsync("the server is currently unable to handle the request");
    }

    private string KubeconfigText() =>
        $"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: loopback
          cluster:
            server: {Address.ToString().TrimEnd('/')}
            certificate-authority-data: {Convert.ToBase64String(Encoding.ASCII.GetBytes(this.certificate.ExportCertificatePem()))}
        users:
        - name: tester
          user: {'{'}token: {Token}{'}'}
        contexts:
        - name: loopback
          context: {'{'}cluster: loopback, user: tester{'}'}
        current-context: loopback

        """;

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=loopback", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = Clock.Real.GetUtcNow();
        return request.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
    }
}
