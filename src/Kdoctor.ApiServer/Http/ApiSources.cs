namespace Kdoctor.ApiServer.Http;

/// <summary>Where a <see cref="KubernetesApi"/> takes time, identity and chance from.</summary>
/// <param name="Time">Clock of timestamps and timeouts.</param>
/// <param name="NewUid">Source of uids; called from several threads.</param>
/// <param name="Random">Source of generated names; used under a lock of the server.</param>
public sealed record ApiSources(TimeProvider Time, Func<Guid> NewUid, Random Random);
