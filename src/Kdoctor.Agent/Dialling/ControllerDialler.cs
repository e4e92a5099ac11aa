using System.Collections.Immutable;
using Grpc.Core;
using Grpc.Net.Client;
using Kdoctor.Agent.Hosting;
using Kdoctor.Agent.Rounds;
using Kdoctor.Core.Protocol;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Agent.Dialling;

/// <summary>
/// Keeps a stream to the controller open, for ever:
/// 1. The given addresses are dialled in turn, then those that the controller told.
/// 2. On the first that answers, a conversation is held until it breaks.
/// 3. After a delay that grows with every failure, all over again.
/// Rounds go on meanwhile, whatever happens here.
/// </summary>
internal sealed partial class ControllerDialler(
    AgentOptions options, Hello hello, AgentRounds rounds, AuthorityTrust trust, Random random, TimeProvider time, ILogger<ControllerDialler> logger)
{
    private const int MaxToldAddresses = 16;
    private const int MaxMessageBytes = 16 << 20;

    private readonly ILogger logger = logger;
    private readonly Backoff backoff = new(random);
    private readonly TaskCompletionSource welcomed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImmutableArray<Uri> told = [];

    /// <summary>Completes when a controller first welcomed the agent.</summary>
    public Task Welcomed => welcomed.Task;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            foreach (var address in options.Controllers.Concat(told).Distinct().ToList())
            {
                await TryAsync(address, cancellation).ConfigureAwait(false);
                if (cancellation.IsCancellationRequested)
                    return;
            }
            await Task.Delay(backoff.Next(), time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TryAsync(Uri address, CancellationToken cancellation)
    {
        try
        {
            using var handler = new SocketsHttpHandler
            {
                SslOptions = await trust.OptionsForAsync(address, cancellation).ConfigureAwait(false),
                ConnectTimeout = TimeSpan.FromSeconds(10),
                KeepAlivePingDelay = TimeSpan.FromSeconds(10),
                KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
                UseProxy = false,
            };
            using var channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = handler, MaxReceiveMessageSize = MaxMessageBytes, MaxRetryAttempts = 1 });
            using var call = new AgentControl.AgentControlClient(channel).Connect(new Metadata { { "authorization", $"Bearer {options.JoinToken}" } }, cancellationToken: cancellation);
            var conversation = new Conversation(rounds, time);
            conversation.Welcomed += welcome => Welcome(address, welcome);
            await conversation.HoldAsync(call, hello, cancellation).ConfigureAwait(false);
            LogLost(address, "the controller closed the stream");
        }
        catch (Exception broken) when (!cancellation.IsCancellationRequested
            && broken is RpcException or HttpRequestException or IOException or AuthenticationFailedException or OperationCanceledException or InvalidOperationException)
        {
            LogLost(address, broken is RpcException refused ? $"{refused.StatusCode}: {refused.Status.Detail}" : broken.Message);
        }
        catch (Exception stopped) when (cancellation.IsCancellationRequested && stopped is RpcException or OperationCanceledException or IOException)
        {
        }
    }

    private void Welcome(Uri address, Welcome welcome)
    {
        told = [.. welcome.ControllerAddresses
            .Take(MaxToldAddresses)
            .Select(text => Uri.TryCreate($"https://{text}", UriKind.Absolute, out var uri) ? uri : null)
            .OfType<Uri>()];
        backoff.Reset();
        LogWelcomed(address);
        welcomed.TrySetResult();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Connected to the controller at {Address}")]
    private partial void LogWelcomed(Uri address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No stream to the controller at {Address}: {Reason}")]
    private partial void LogLost(Uri address, string reason);
}
