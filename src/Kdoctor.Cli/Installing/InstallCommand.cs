using System.CommandLine;
using Kdoctor.Cli.Cluster;
using Kdoctor.Core.Reports;

namespace Kdoctor.Cli.Installing;

/// <summary>
/// <c>kdoctor install</c>: kdoctor in a cluster, or an older one made this one.
/// 1. The settings are read; a dry run prints the objects and ends here.
/// 2. The cluster says what it is, and which options were given before.
/// 3. The objects are applied, and what an older installation has too many of is removed.
/// 4. It waits until the installation is ready, and says what is not.
/// </summary>
internal static class InstallCommand
{
    /// <summary>The command.</summary>
    public static Command Create(CliContext context)
    {
        var options = new InstallOptions();
        var command = new Command(
            "install", "Install kdoctor in a cluster, or bring an installation up to this version and these options: an option that was given before and is not given again goes back to its default.");
        foreach (var option in options.All)
            command.Add(option);
        command.Validators.Add(options.Check);
        command.SetAction((parsed, cancellation) => RunAsync(options.Read(parsed), context, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(InstallRequest request, CliContext context, CancellationToken cancellation)
    {
        try
        {
            // 1. The settings.
            var choices = request.Choices;
            if (request.SettingsFile is { } file)
            {
                var (text, _, problems) = SettingsChoice.Read(file, choices);
                foreach (var problem in problems)
                    await context.Error.WriteLineAsync(problem);
                if (text is null)
                    return ExitCodes.Usage;
                choices = choices with { Settings = text };
            }
            if (request.DryRun is { } format)
            {
                ObjectPrinter.Write(context.Output, InstalledObjects.Build(choices, Assumed(request.Families)), format);
                return ExitCodes.Succeeded;
            }

            using var api = new ApiConnection(ClusterConfiguration.Read(request.Kubeconfig, request.Context, context));
            return await ApplyAsync(request with { Choices = choices }, new ClusterObjects(api), context, cancellation);
        }
        catch (ClusterException refused)
        {
            await context.Error.WriteLineAsync($"kdoctor: {refused.Message}");
            return ExitCodes.NoVerdict;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await context.Error.WriteLineAsync("kdoctor: interrupted; 'kdoctor install' again takes up where this ended");
            return ExitCodes.NoVerdict;
        }
    }

    private static async Task<int> ApplyAsync(InstallRequest request, ClusterObjects cluster, CliContext context, CancellationToken cancellation)
    {
        // 2. The cluster.
        var facts = await new FactFinder(cluster).FindAsync(request.Choices.Namespace, request.Families, cancellation);
        if (facts.ForeignNamespace)
            await context.Error.WriteLineAsync($"namespace/{request.Choices.Namespace} was there before: it keeps its labels, and 'kdoctor uninstall --purge' will keep it");

        var there = await cluster.FindAsync(RememberedOptions.PathIn(request.Choices.Namespace), cancellation);
        foreach (var option in RememberedOptions.Missing(there, request.Choices.Given))
            await context.Error.WriteLineAsync($"given before and not now: {option}; what it chose goes back to its default: repeat it to keep it");

        // 3. The objects.
        var objects = InstalledObjects.Build(request.Choices, facts);
        var installer = new Installer(cluster, context.Error.WriteLine);
        await installer.ApplyAsync(objects, cancellation);
        await installer.PruneAsync(objects, facts, cancellation);
        if (request.Wait == TimeSpan.Zero)
            return ExitCodes.Succeeded;

        // 4. Until it is ready.
        var began = context.Time.GetTimestamp();
        var progress = new InstallProgress(context.Error);
        var wait = new ReadinessWait(new ReadinessReader(cluster, request.Choices.Namespace), context.Time, progress.Show);
        var seen = await wait.RunAsync(request.Wait, cancellation);
        progress.End(seen, context.Time.GetElapsedTime(began));
        return seen.Enough ? ExitCodes.Succeeded : ExitCodes.NoVerdict;
    }

    private static ClusterFacts Assumed(IpFamilies families) => families is IpFamilies.Auto
        ? ClusterFacts.Default
        : ClusterFacts.Default with { IPv4 = families.HasFlag(IpFamilies.IPv4), IPv6 = families.HasFlag(IpFamilies.IPv6) };
}
