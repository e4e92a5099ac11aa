using System.Net;
using Kdoctor.Cli.Cluster;
using Kdoctor.Core.Deployment;

namespace Kdoctor.Cli.Installing;

/// <summary>The reports' API of a cluster, of which there is one, so that a cluster has one installation.</summary>
/// <param name="Namespace">Where its controller is; null where it names none.</param>
/// <param name="Ours">Whether it bears our label: the Go project's has the same name, and not the label.</param>
internal sealed record InstalledApi(string? Namespace, bool Ours)
{
    public const string Name = "v1beta1.system.kdoctor.io";

    /// <summary>Why an installation that we did not make is neither installed over nor removed, and what to do.</summary>
    public ClusterException Foreign() => new(
        $"another program is installed in the namespace {Namespace ?? ClusterNames.Namespace}: apiservice/{Name} has no label {ClusterNames.PartOfLabel}={ClusterNames.PartOf}, so kdoctor neither installs over it nor removes it. "
        + "Remove it as it was made: 'helm list -A' shows what helm made, and docs/usage/migrating.md how to replace the Go project. Where nothing is left of it but that object: 'kubectl delete apiservice " + Name + "'",
        HttpStatusCode.Conflict);
}
