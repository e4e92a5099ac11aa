using System.Globalization;
using Kdoctor.Core.Deployment;
using Kdoctor.TestKit.Contract;
using Xunit;

namespace Kdoctor.ClusterTests.Installed;

/// <summary>
/// The cluster that KUBECONFIG names, with kdoctor installed once for all tests that share this and removed to the last object at their end. The images
/// must be where the cluster finds them: <c>eng/cluster-images.sh</c>, or a registry named in KDOCTOR_INSTALL_OPTIONS.
/// </summary>
public sealed class InstalledCluster : IAsyncLifetime
{
    private readonly string? kubeconfig = Environment.GetEnvironmentVariable("KUBECONFIG") is { Length: > 0 } file ? file : null;
    private Kubectl? kubectl;

    /// <summary>The namespace of the installation.</summary>
    public static string Namespace => ClusterNames.Namespace;

    /// <summary>kubectl for the cluster; skips the test where there is none.</summary>
    public Kubectl Kubectl
    {
        get
        {
            Assert.SkipWhen(kubectl is null, "KUBECONFIG names no cluster");
            return kubectl!;
        }
    }

    /// <summary>The kubeconfig; skips the test where there is no cluster.</summary>
    public string Kubeconfig
    {
        get
        {
            Assert.SkipWhen(kubeconfig is null, "KUBECONFIG names no cluster");
            return kubeconfig!;
        }
    }

    /// <summary>How long the installation took until it was ready.</summary>
    public TimeSpan InstallationTook { get; private set; }

    public async ValueTask InitializeAsync()
    {
        if (kubeconfig is null)
            return;
        kubectl = new Kubectl(Kubectl.Programs[0], kubeconfig);
        var began = Waiting.Clock.GetTimestamp();
        try
        {
            await InstallAsync();
        }
        catch
        {
            // xunit does not dispose a fixture that could not be made; what is half there must not stay.
            await UninstallAsync();
            throw;
        }
        InstallationTook = Waiting.Clock.GetElapsedTime(began);
    }

    public async ValueTask DisposeAsync()
    {
        if (kubeconfig is null)
            return;
        try
        {
            await UninstallAsync();
        }
        finally
        {
            kubectl!.Dispose();
        }
    }

    /// <summary><c>kdoctor install</c> with the options that every installation of this run has, and further ones.</summary>
    public async Task<string> InstallAsync(params string[] options)
    {
        var shared = Environment.GetEnvironmentVariable("KDOCTOR_INSTALL_OPTIONS")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        var run = await ClusterCommand.RunAsync(Kubeconfig, ["install", .. shared, .. options]);
        Assert.True(run.ExitCode == 0, run.Errors);
        return run.Errors;
    }

    /// <summary>Does something while the installation has further options, and makes it the usual one again. What went wrong first is what is told.</summary>
    public async Task WhileAsync(string[] options, Func<Task> work)
    {
        try
        {
            await InstallAsync(options);
            await work();
        }
        catch
        {
            try
            {
                await InstallAsync();
            }
            catch (Exception second) when (second is Xunit.Sdk.IAssertionException)
            {
                TestContext.Current.SendDiagnosticMessage($"the usual installation could not be restored: {second.Message}");
            }
            throw;
        }
        await InstallAsync();
    }

    /// <summary><c>kdoctor uninstall --purge</c>.</summary>
    public async Task<string> UninstallAsync()
    {
        var run = await ClusterCommand.RunAsync(Kubeconfig, ["uninstall", "--purge"]);
        // A kubelet that is busy takes longer to end a pod than the command waits; the command says so, and another run waits on.
        if (run.ExitCode != 0)
            run = await ClusterCommand.RunAsync(Kubeconfig, ["uninstall", "--purge"]);
        Assert.True(run.ExitCode == 0, run.Errors);
        return run.Errors;
    }

    /// <summary>Waits until every node has a ready agent that is not one of those which are over: containers by their ids.</summary>
    public Task ReadyAsync(params string[] over) => Waiting.UntilAsync(
        "every agent is ready",
        async () =>
        {
            var wanted = (await Kubectl.RunAsync("-n", Namespace, "get", "daemonset", ClusterNames.Agent, "-o", "jsonpath={.status.desiredNumberScheduled}")).Output;
            var agents = await Kubectl.RunAsync(
                "-n", Namespace, "get", "pods", "-l", $"{ClusterNames.NameLabel}={ClusterNames.Agent}",
                "-o", "jsonpath={range .items[*]}{.status.containerStatuses[0].ready} {.status.containerStatuses[0].containerID} {.metadata.deletionTimestamp}{\"\\n\"}{end}");
            return (wanted, agents.Output);
        },
        seen => seen.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries) is var lines
            && lines.Length.ToString(CultureInfo.InvariantCulture) == seen.wanted
            && lines.All(line => line.StartsWith("true ", StringComparison.Ordinal) && line.TrimEnd().Split(' ').Length == 2)
            && !over.Any(container => seen.Output.Contains(container, StringComparison.Ordinal)));

    /// <summary>The id of the container in which an agent runs.</summary>
    public async Task<string> ContainerAsync(string pod) =>
        (await Kubectl.RunAsync("-n", Namespace, "get", "pod", pod, "-o", "jsonpath={.status.containerStatuses[0].containerID}")).Output.Split('/')[^1];

    /// <summary>The names of the default agents' pods by their node.</summary>
    public async Task<IReadOnlyDictionary<string, string>> AgentsAsync()
    {
        var listed = await Kubectl.RunAsync(
            "-n", Namespace, "get", "pods", "-l", $"{ClusterNames.NameLabel}={ClusterNames.Agent}", "-o", "jsonpath={range .items[*]}{.spec.nodeName} {.metadata.name}{\"\\n\"}{end}");
        return listed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToDictionary(line => line[0], line => line[1], StringComparer.Ordinal);
    }
}
