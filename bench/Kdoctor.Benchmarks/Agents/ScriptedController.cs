using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Kdoctor.Core.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Benchmarks.Agents;

/// <summary>A controller for one agent: it welcomes whoever comes, hands out the assignments that it is given, and takes the results.</summary>
internal sealed class ScriptedController : AgentControl.AgentControlBase, IAsyncDisposable
{
    private readonly TaskCompletionSource<IServerStreamWriter<ControllerMessage>> joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly X509Certificate2 certificate;
    private WebApplication? application;
    private TaskCompletionSource<List<ShardPart>> result = new();

    private ScriptedController(DateTimeOffset now) => certificate = NewCertificate(now);

    internal int Port { get; private set; }

    internal string CertificatePem => certificate.ExportCertificatePem();

    internal Task Joined => joined.Task;

    internal static async Task<ScriptedController> StartAsync(DateTimeOffset now)
    {
        var controller = new ScriptedController(now);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(controller);
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, port =>
        {
            port.Protocols = HttpProtocols.Http2;
            port.UseHttps(controller.certificate);
        }));
        controller.application = builder.Build();
        controller.application.MapGrpcService<ScriptedController>();
        await controller.application.StartAsync().ConfigureAwait(false);
        controller.Port = new Uri(controller.application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
        return controller;
    }

    /// <summary>Has the agent run an assignment; its result.</summary>
    internal async Task<List<ShardPart>> RunAsync(Assignment assignment)
    {
        result = new TaskCompletionSource<List<ShardPart>>(TaskCreationOptions.RunContinuationsAsynchronously);
        await (await joined.Task.ConfigureAwait(false)).WriteAsync(new ControllerMessage { Assignment = assignment }).ConfigureAwait(false);
        return await result.Task.ConfigureAwait(false);
    }

    public override async Task Connect(IAsyncStreamReader<AgentMessage> requestStream, IServerStreamWriter<ControllerMessage> responseStream, ServerCallContext context)
    {
        var parts = new List<ShardPart>();
        while (await requestStream.MoveNext(context.CancellationToken).ConfigureAwait(false))
        {
            switch (requestStream.Current)
            {
                case { Hello: not null }:
                    await responseStream.WriteAsync(new ControllerMessage { Welcome = new Welcome() }).ConfigureAwait(false);
                    joined.TrySetResult(responseStream);
                    break;
                case { Refused: { } refused }:
                    result.TrySetException(new InvalidOperationException($"the agent refused: {refused.Reason}"));
                    break;
                case { Shard: { } part }:
                    parts.Add(part);
                    if (parts.Count < part.Parts)
                        break;
                    await responseStream.WriteAsync(new ControllerMessage { Acknowledged = new ShardAcknowledged { RoundId = part.RoundId } }).ConfigureAwait(false);
                    result.TrySetResult(parts);
                    parts = [];
                    break;
                default:
                    break;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (application is not null)
            await application.DisposeAsync().ConfigureAwait(false);
        certificate.Dispose();
    }

    private static X509Certificate2 NewCertificate(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=bench controller", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
