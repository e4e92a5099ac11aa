using System.CommandLine;
using Kdoctor.Cli.Cluster;
using Kdoctor.Cli.Output;
using Kdoctor.Core.Deployment;
using Kdoctor.Core.Reports;

namespace Kdoctor.Cli.Installing;

/// <summary><c>kdoctor uninstall</c>: removes kdoctor from a cluster.</summary>
internal static class UninstallCommand
{
    // A kubelet of Kubernetes 1.20 calls a pod gone only when it next collects garbage, a minute or two after the containers have ended.
    private const int LongestWaitSeconds = 300;

    /// <summary>The command.</summary>
    public static Command Create(CliContext context)
    {
        var space = new Option<string?>("--namespace", "-n") { Description = "The namespace of the installation; default: the one that the cluster names.", HelpName = "NAME" };
        var purge = new Option<bool>("--purge") { Description = "Also the tasks with their definitions, the volume with all rounds, and the namespace where 'kdoctor install' made it." };
        var kubeconfig = OutputOptions.Kubeconfig("The file that names the cluster; default: kubectl's own choice.");
        var named = OutputOptions.Context();
        var command = new Command("uninstall", "Remove kdoctor from a cluster. Tasks, the volume with the rounds and the namespace stay, unless --purge is given.") { space, purge, kubeconfig, named };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(space), parsed.GetValue(purge), () => ClusterConfiguration.Read(parsed.GetValue(kubeconfig), parsed.GetValue(named), context), context, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        string? space, bool purge, Func<k8s.KubernetesClientConfiguration> configuration, CliContext context, CancellationToken cancellation)
    {
        try
        {
            using var api = new ApiConnection(configuration());
            var cluster = new ClusterObjects(api);
            var installed = await new FactFinder(cluster).InstalledAsync(cancellation);
            if (installed is { Ours: false })
                throw installed.Foreign();
            var where = space ?? installed?.Namespace ?? ClusterNames.Namespace;
            var removed = 0;
            var uninstaller = new Uninstaller(cluster, where, purge, context.Time, line =>
            {
                removed++;
                context.Error.WriteLine(line);
            });
            var gone = await uninstaller.RunAsync(TimeSpan.FromSeconds(LongestWaitSeconds), cancellation);
            if (removed == 0)
                await context.Error.WriteLineAsync($"nothing of kdoctor is installed in the namespace {where}");
            return gone ? ExitCodes.Succeeded : ExitCodes.NoVerdict;
        }
        catch (ClusterException refused)
        {
            await context.Error.WriteLineAsync($"kdoctor: {refused.Message}");
            return ExitCodes.NoVerdict;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await context.Error.WriteLineAsync("kdoctor: interrupted; 'kdoctor uninstall' again takes up where this ended");
            return ExitCodes.NoVerdict;
        }
    }
}
