using System.Collections.Immutable;
using k8s;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Controller.Inputs;

/// <summary>Reads what rounds need from a Kubernetes API at the moment of planning: one or two small answers a round, whatever the cluster's size, and nothing watched or kept.</summary>
internal sealed class KubernetesRoundInputs(IKubernetes kubernetes, ObjectAccess access, TimeProvider time) : IRoundInputs
{
    // A round that is due waits no longer for an API server that does not answer: it runs, and says what it lacks.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly NamedObjects objects = new(kubernetes, access);
    private readonly KubernetesDns dns = new(kubernetes);

    public async Task<ClusterSnapshot> FurnishAsync(TaskDefinition task, ClusterSnapshot snapshot, CancellationToken cancellation)
    {
        if (task.References.ToList() is { Count: > 0 } references)
            snapshot = snapshot with { Contents = await ReadAsync(references, cancellation).ConfigureAwait(false) };
        if (task.Targets.OfType<DnsServiceQuery>().FirstOrDefault() is { } query)
        {
            snapshot = snapshot with
            {
                Dns = await InTimeAsync(
                    token => dns.FindAsync(query.Service, token), () => new DnsServices([], $"the cluster's DNS service could not be looked for: {NoAnswer}"), cancellation).ConfigureAwait(false),
            };
        }
        return snapshot;
    }

    public async Task<(RoundPlan Plan, string? Problem)> RestoreAsync(RoundPlan plan, CancellationToken cancellation)
    {
        var references = RequestMaterial.ReferencesOf(plan);
        if (references.Count == 0)
            return (plan, null);
        var restored = RequestMaterial.Restore(plan, await ReadAsync(references, cancellation).ConfigureAwait(false), out var problem);
        return (restored, problem);
    }

    private static string NoAnswer => $"the API server gave no answer within {Patience.TotalSeconds:0} s; look at the API server and at the controller's way to it";

    private async Task<ImmutableDictionary<ObjectReference, ObjectContent>> ReadAsync(IEnumerable<ObjectReference> references, CancellationToken cancellation)
    {
        var contents = ImmutableDictionary.CreateBuilder<ObjectReference, ObjectContent>();
        foreach (var reference in references)
        {
            contents[reference] = await InTimeAsync(
                token => objects.ReadAsync(reference, token), () => ObjectContent.Unreadable($"{reference}, which the task names, cannot be read: {NoAnswer}"), cancellation).ConfigureAwait(false);
        }
        return contents.ToImmutable();
    }

    private async Task<T> InTimeAsync<T>(Func<CancellationToken, Task<T>> read, Func<T> late, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            return await read(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return late();
        }
    }
}
