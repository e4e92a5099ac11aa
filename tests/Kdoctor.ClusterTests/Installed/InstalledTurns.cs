using Xunit;

namespace Kdoctor.ClusterTests.Installed;

/// <summary>Tests that need kdoctor installed: they share one installation, one after the other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class InstalledTurns : ICollectionFixture<InstalledCluster>
{
    public const string Name = "installed cluster";
}
