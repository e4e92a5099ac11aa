using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Kdoctor.Agent.Hosting;
using Kdoctor.Agent.Rounds;
using Kdoctor.Core.Protocol;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Agent.Dialling;

/// <summary>
/// Keeps a stream to the controller open, for ever:
/// 1. The given addresses are dialled, then those that the controller told, then the last resorts, in a race that the first which answers wins.
/// 2. With who answered a conversation is held until it breaks. What proves the agent, and whom it trusts, is read anew each time. A controller that
///    does not lead says who does, and that one is dialled next. Pings find a controller that vanished without a word within 10 s.
/// 3. Who answered and did not welcome the agent is left out of a further race among the others.
/// 4. After a delay that grows with every failure, all over again.
/// Rounds go on meanwhile, whatever happens here.
/// </summary>
internal sealed partial class ControllerDialler(
    AgentOptions options, Hello hello, AgentRounds rounds, AuthorityTrust trust, Random random, TimeProvider time, ILogger<ControllerDialler> logger)
{
    private const int MaxToldAddresses = 16;
    private const int MaxMessageBytes = 16 << 20;

    // Controllers that send an agent from one to the other are about to agree: it asks again a little later.
    private const int MaxReferrals = 2;

    // With TLS. Short, because another address may do: results are awaited for 15 s after a round.
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(5);

    private readonly ILogger logger = logger;
    private readonly Backoff backoff = new(random);
    private readonly TaskCompletionSource welcomed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConnectionRace race = new(OpenAsync, time);
    private IReadOnlyList<Uri> told = [];
    private long welcomes;
    private volatile bool leaving;
    private volatile Conversation? current;

    /// <summary>Completes when a controller first welcomed the agent.</summary>
    public Task Welcomed => welcomed.Task;

    /// <summary>Whether a controller has welcomed the agent on a stream that is open.</summary>
    public bool IsConnected => current is not null;

    /// <summary>Says goodbye where there is somebody to say it to; <see cref="RunAsync"/> then returns when the stream has ended.</summary>
    /// <returns>Whether there was.</returns>
    public bool Leave()
    {
        leaving = true;
        if (current is not { } conversation)
            return false;
        conversation.Leave();
        return true;
    }

    /// <summary>Runs until cancelled, or until it has said goodbye.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested && !leaving)
        {
            try
            {
                await VisitAsync([.. options.Controllers.Concat(told).Concat(options.LastControllers).Distinct()], cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }

            // 4. All over again.
            await Task.Delay(backoff.Next(), time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Until one of them has welcomed the agent and the stream has ended, or none is left.
    private async Task VisitAsync(List<Uri> left, CancellationToken cancellation)
    {
        var before = welcomes;
        while (left.Count > 0 && welcomes == before && !leaving)
        {
            // 1. The race.
            var failed = new HashSet<Uri>();
            var won = await race.RunAsync(left, (address, reason) => { failed.Add(address); LogLost(address, reason); }, cancellation).ConfigureAwait(false);

            // 3. Who is out of it.
            left.RemoveAll(address => failed.Contains(address) || address == won?.Address);

            // 2. The conversation, perhaps with whom the first one names.
            var next = won is null ? null : await TryAsync(won, cancellation).ConfigureAwait(false);
            for (var referrals = 0; next is not null && referrals < MaxReferrals; referrals++)
            {
                won = await race.RunAsync([next], LogLost, cancellation).ConfigureAwait(false);
                next = won is null ? null : await TryAsync(won, cancellation).ConfigureAwait(false);
            }
        }
    }

    // Where to dial next, if that was said.
    private async Task<Uri?> TryAsync(ConnectionRace.Won won, CancellationToken cancellation)
    {
        var address = won.Address;
        Stream? ready = won.Stream;
        try
        {
            using var handler = new SocketsHttpHandler
            {
                SslOptions = await trust.OptionsForAsync(address, cancellation).ConfigureAwait(false),
                ConnectTimeout = ConnectTimeout,
                ConnectCallback = async (_, stopped) => Interlocked.Exchange(ref ready, null) ?? await OpenAsync(address, stopped).ConfigureAwait(false),
                KeepAlivePingDelay = PingEvery,
                KeepAlivePingTimeout = PingEvery,
                UseProxy = false,
            };

            // TLS asks for the name in the address: where it is fixed, only the connection goes to where it is told to.
            var named = options.ServerName is { } name ? new UriBuilder(address) { Host = name }.Uri : address;
            using var channel = GrpcChannel.ForAddress(named, new GrpcChannelOptions { HttpHandler = handler, MaxReceiveMessageSize = MaxMessageBytes, MaxRetryAttempts = 1 });
            var proof = new Metadata { { "authorization", $"Bearer {await TokenAsync(cancellation).ConfigureAwait(false)}" } };
            using var call = new AgentControl.AgentControlClient(channel).Connect(proof, cancellationToken: cancellation);
            var conversation = new Conversation(rounds, time);
            conversation.Welcomed += welcome => Welcome(address, welcome, conversation);
            await conversation.HoldAsync(call, hello, cancellation).ConfigureAwait(false);
            LogLost(address, "the controller closed the stream");
        }
        catch (RpcException elsewhere) when (!cancellation.IsCancellationRequested && Referral(elsewhere) is { } leader)
        {
            LogReferred(address, leader);
            return leader;
        }
        catch (RpcException) when (leaving)
        {
        }
        catch (Exception broken) when (!cancellation.IsCancellationRequested
            && broken is RpcException or HttpRequestException or IOException or AuthenticationFailedException or OperationCanceledException or InvalidOperationException
                or UnauthorizedAccessException or SocketException)
        {
            LogLost(address, broken is RpcException refused ? $"{refused.StatusCode}: {refused.Status.Detail}" : broken.Message);
        }
        catch (Exception stopped) when (cancellation.IsCancellationRequested && stopped is RpcException or OperationCanceledException or IOException)
        {
        }
        finally
        {
            current = null;

            // Where not even the handshake began.
            if (ready is not null)
                await ready.DisposeAsync().ConfigureAwait(false);
        }
        return null;
    }

    // The leader must prove itself like any controller: the word of another is only an address.
    private static Uri? Referral(RpcException refused) =>
        refused.Trailers.GetValue(LeaderTrailer.Key) is { } text ? Address(text) : null;

    private static Uri? Address(string hostAndPort) => Uri.TryCreate($"https://{hostAndPort}", UriKind.Absolute, out var uri) ? uri : null;

    private async Task<string> TokenAsync(CancellationToken cancellation) =>
        options.TokenFile is { } file ? (await File.ReadAllTextAsync(file, cancellation).ConfigureAwait(false)).Trim() : options.JoinToken!;

    private static async Task<Stream> OpenAsync(Uri address, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new DnsEndPoint(address.IdnHost, address.Port), cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Welcome(Uri address, Welcome welcome, Conversation conversation)
    {
        told = [.. welcome.ControllerAddresses.Take(MaxToldAddresses).Select(Address).OfType<Uri>()];
        LogTold(told);
        if (current == conversation)
            return;
        current = conversation;
        if (leaving)
            conversation.Leave();
        welcomes++;
        backoff.Reset();
        LogWelcomed(address);
        welcomed.TrySetResult();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Connected to the controller at {Address}")]
    private partial void LogWelcomed(Uri address);

    [LoggerMessage(Level = LogLevel.Information, Message = "Controllers can also be reached at: {Addresses}")]
    private partial void LogTold(IEnumerable<Uri> addresses);

    [LoggerMessage(Level = LogLevel.Information, Message = "The controller at {Address} does not lead; {Leader} does")]
    private partial void LogReferred(Uri address, Uri leader);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No stream to the controller at {Address}: {Reason}")]
    private partial void LogLost(Uri address, string reason);
}
