namespace Kdoctor.Cli.Installing;

/// <summary>What differs between clusters and decides about the objects.</summary>
/// <param name="IPv4">Whether Services get IPv4 addresses.</param>
/// <param name="IPv6">Whether Services get IPv6 addresses.</param>
/// <param name="DisruptionBudgetVersion">The newest API of PodDisruptionBudgets: policy/v1, or v1beta1 before Kubernetes 1.21.</param>
/// <param name="ForeignNamespace">Whether the namespace was there before and is not ours to label or to remove.</param>
internal sealed record ClusterFacts(bool IPv4, bool IPv6, string DisruptionBudgetVersion, bool ForeignNamespace)
{
    /// <summary>What is written where no cluster was asked.</summary>
    public static ClusterFacts Default { get; } = new(IPv4: true, IPv6: false, "policy/v1", ForeignNamespace: false);
}
