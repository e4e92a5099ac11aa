using Kdoctor.Controller.Reconciling;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Tests.Controller.Reconciling;

/// <summary>A cluster that looks the same to every task, at all times.</summary>
internal sealed class FixedView(ClusterSnapshot snapshot) : IClusterView
{
    public ClusterSnapshot Snapshot(TaskDefinition task) => snapshot;
}
