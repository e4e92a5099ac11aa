using Xunit;

namespace Kdoctor.ClusterTests;

/// <summary>Tests of one cluster take turns: each may count on being alone with its tasks.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ClusterTurns
{
    public const string Name = "cluster";
}
