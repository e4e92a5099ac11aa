using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Kdoctor.Controller.Objects;
using Kdoctor.Core.Deployment;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Certificates;

/// <summary>
/// The certificates in the controller's Secret, for however many replicas there are:
/// 1. The Secret is followed, and looked at once a minute besides.
/// 2. The plan says what it should hold; where that differs, it is written, on the condition that nobody else wrote meanwhile. Where somebody deleted it,
///    an empty one is made first, and filled like one that an installer made: with a new authority, for who deletes a key does not want it back.
/// 3. Whoever lost that race reads what the other wrote.
/// 4. What the Secret holds is served from then on, without a restart.
/// </summary>
internal sealed partial class CertificateKeeper : IServingCertificate, IDisposable
{
    private const int Attempts = 5;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    private readonly KubernetesObjects client;
    private readonly string ns;
    private readonly ObjectPlace place;
    private readonly TimeProvider time;
    private readonly ILogger<CertificateKeeper> logger;
    private readonly ObjectFollower follower;
    private readonly SemaphoreSlim turn = new(1);
    private volatile CertificateSet? held;
    private string? heldVersion;

    public CertificateKeeper(KubernetesObjects client, string ns, TimeProvider time, Random random, ILoggerFactory logs)
    {
        (this.client, this.ns, this.time) = (client, ns, time);
        place = new ObjectPlace($"api/v1/namespaces/{ns}/secrets", ClusterNames.TlsSecret);
        logger = logs.CreateLogger<CertificateKeeper>();
        follower = new ObjectFollower(client, place, (_, cancellation) => LookAsync(cancellation), time, random, logs.CreateLogger<ObjectFollower>());
    }

    /// <summary>Raised after other authorities are to be trusted; handlers must be quick.</summary>
    public event Action? TrustChanged;

    /// <inheritdoc/>
    public X509Certificate2? Current => held?.Serving;

    /// <inheritdoc/>
    public string Trust => held?.Trust ?? "";

    /// <summary>Completes once there are certificates.</summary>
    public Task InPlace => follower.Told;

    /// <summary>Runs until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => Task.WhenAll(follower.RunAsync(cancellation), TickAsync(cancellation));

    /// <summary>Reads the Secret anew, so that whoever overwrites something does it by the newest word.</summary>
    /// <exception cref="ApiServerException">The server refused, or did not answer.</exception>
    public Task RefreshAsync(CancellationToken cancellation) => LookAsync(cancellation);

    public void Dispose() => turn.Dispose();

    private async Task TickAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
                follower.Nudge();
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                // Read here and not taken from the watch, which may be behind what this replica has already seen.
                var secret = await client.FindAsync(place.Path, cancellation).ConfigureAwait(false);
                if (await TryHoldAsync(secret, cancellation).ConfigureAwait(false))
                    return;
            }
            throw new ApiServerException($"{place} changed {Attempts} times while it was to be written");
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<bool> TryHoldAsync(JsonObject? secret, CancellationToken cancellation)
    {
        var stored = secret is null ? null : ObjectPlace.VersionOf(secret) == heldVersion ? held : CertificateSet.Read(secret);
        if (stored is null && secret?["data"] is JsonObject { Count: > 0 })
            LogDamaged(place);
        var next = CertificatePlan.Next(stored, await NamesAsync(cancellation).ConfigureAwait(false), time.GetUtcNow());
        if (next is null)
        {
            Hold(stored!, secret!);
            return true;
        }

        // 2. and 3.
        if (secret is null)
        {
            LogMissing(place);
            await MakeAsync(cancellation).ConfigureAwait(false);
            return false;
        }
        if (await TryWriteAsync(secret, next, cancellation).ConfigureAwait(false) is not { } written)
            return false;
        LogWritten(next.Serving.NotAfter, next.Authorities.Length);
        Hold(next, written);
        return true;
    }

    // 4.
    private void Hold(CertificateSet set, JsonObject secret)
    {
        var changed = held?.Trust != set.Trust;
        if (held?.Serving.Thumbprint != set.Serving.Thumbprint)
            LogServed(set.Serving.NotAfter);
        held = set;
        heldVersion = ObjectPlace.VersionOf(secret);
        if (changed)
            TrustChanged?.Invoke();
    }

    // Whichever replica is first: an empty one made twice is one.
    private async Task MakeAsync(CancellationToken cancellation)
    {
        var empty = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject { ["name"] = place.Name, ["namespace"] = ns, ["labels"] = new JsonObject { [ClusterNames.PartOfLabel] = ClusterNames.PartOf } },
            ["type"] = "Opaque",
        };
        try
        {
            await client.ApplyAsync(place, empty, cancellation).ConfigureAwait(false);
        }
        catch (ApiServerException refused) when (refused.IsConflict)
        {
            // Another replica made it.
        }
    }

    private async Task<JsonObject?> TryWriteAsync(JsonObject secret, CertificateSet next, CancellationToken cancellation)
    {
        var changed = secret.DeepClone().AsObject();
        changed["apiVersion"] = "v1";
        changed["kind"] = "Secret";
        changed["data"] = next.ToData();
        try
        {
            return await client.SendAsync(HttpMethod.Put, place.Path, changed, cancellation).ConfigureAwait(false);
        }
        catch (ApiServerException refused) when (refused.IsConflict || refused.IsNotFound)
        {
            return null;
        }
    }

    private async Task<ServingNames> NamesAsync(CancellationToken cancellation)
    {
        try
        {
            return ServingNames.Of(ns, await client.FindAsync($"api/v1/namespaces/{ns}/services/{ClusterNames.Controller}", cancellation).ConfigureAwait(false));
        }
        catch (ApiServerException refused) when (refused.Status == 403)
        {
            // Without the right to read its own Service the controller serves by name only, which is what all callers of ours ask for.
            return ServingNames.Of(ns, null);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Place} holds something, but no certificates that fit together; it is written anew")]
    private partial void LogDamaged(ObjectPlace place);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Place} is not there; it is made, with a new authority")]
    private partial void LogMissing(ObjectPlace place);

    [LoggerMessage(Level = LogLevel.Information, Message = "New certificates were made: one to serve until {Until:yyyy-MM-dd HH:mm}, by {Count} authorities")]
    private partial void LogWritten(DateTime until, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "The certificate that is good until {Until:yyyy-MM-dd HH:mm} is served from now on")]
    private partial void LogServed(DateTime until);
}
