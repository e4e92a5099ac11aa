using Xunit;

namespace Kdoctor.ClusterTests.Installed;

/// <summary>For tests that install kdoctor in ways of their own: at their end the installation that all others share is put back.</summary>
public sealed class TakenAway(InstalledCluster cluster) : IAsyncLifetime
{
    /// <summary>A cluster without kdoctor.</summary>
    public async Task<InstalledCluster> BareAsync()
    {
        _ = cluster.Kubeconfig;
        await cluster.UninstallAsync();
        return cluster;
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (Environment.GetEnvironmentVariable("KUBECONFIG") is { Length: > 0 })
            await cluster.InstallAsync();
    }
}
