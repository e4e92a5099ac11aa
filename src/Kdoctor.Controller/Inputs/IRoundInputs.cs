using Kdoctor.Core.Planning;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Controller.Inputs;

/// <summary>
/// What a round needs beside nodes and agents, read when the round is planned: the DNS services that its task asks, and the content of the Secrets and
/// ConfigMaps that its task names. What cannot be read is said in the answer, never thrown.
/// </summary>
internal interface IRoundInputs
{
    /// <summary>The snapshot with what the task needs.</summary>
    Task<ClusterSnapshot> FurnishAsync(TaskDefinition task, ClusterSnapshot snapshot, CancellationToken cancellation);

    /// <summary>A stored plan with the content that was not stored with it, read anew.</summary>
    /// <returns>The plan, and why it cannot be carried out; null when it can.</returns>
    Task<(RoundPlan Plan, string? Problem)> RestoreAsync(RoundPlan plan, CancellationToken cancellation);
}
