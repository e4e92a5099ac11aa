using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Kdoctor.Core.Deployment;

namespace Kdoctor.Cli.Installing;

/// <summary>Asks a cluster how far the installation in a namespace has come.</summary>
internal sealed class ReadinessReader(ClusterObjects cluster, string space)
{
    private static readonly ObjectKind Deployments = ObjectKind.All.Single(kind => kind.Kind == "Deployment");
    private static readonly ObjectKind DaemonSets = ObjectKind.All.Single(kind => kind.Kind == "DaemonSet");
    private static readonly ObjectKind ApiServices = ObjectKind.All.Single(kind => kind.Kind == "APIService");

    public async Task<Readiness> ReadAsync(CancellationToken cancellation)
    {
        var deployment = await cluster.FindAsync(Deployments.Path(space, ClusterNames.Controller), cancellation);
        var daemons = await cluster.FindAsync(DaemonSets.Path(space, ClusterNames.Agent), cancellation);
        var service = await cluster.FindAsync(ApiServices.Path(null, InstalledApi.Name), cancellation);
        var available = service?["status"]?["conditions"]?.AsArray().FirstOrDefault(condition => condition!["type"]?.ToString() == "Available");
        var found = new Readiness(ControllersOf(deployment), AgentsOf(daemons), available?["status"]?.ToString() == "True", [])
        {
            Connected = await ConnectedAsync(cancellation),
            Replacing = Number(deployment?["status"]?["replicas"]) > Number(deployment?["status"]?["updatedReplicas"]),
        };
        return found.Whole ? found : found with { Troubles = await TroublesAsync(found, available, cancellation) };
    }

    private static Share ControllersOf(JsonObject? deployment)
    {
        if (!Observed(deployment))
            return new Share(0, Math.Max(1, Number(deployment?["spec"]?["replicas"])));
        var status = deployment!["status"]!;
        return new Share(Math.Min(Number(status["updatedReplicas"]), Number(status["availableReplicas"])), Number(deployment["spec"]!["replicas"]));
    }

    private static Share AgentsOf(JsonObject? daemons) => Observed(daemons)
        ? new Share(Math.Min(Number(daemons!["status"]!["updatedNumberScheduled"]), Number(daemons["status"]!["numberReady"])), Number(daemons["status"]!["desiredNumberScheduled"]))
        : new Share(0, 0);

    // The word of a controller that is gone, or is just going, says nothing of the next one.
    private async Task<int?> ConnectedAsync(CancellationToken cancellation)
    {
        var lease = await cluster.FindAsync($"apis/coordination.k8s.io/v1/namespaces/{space}/leases/{ClusterNames.Controller}", cancellation);
        if (!int.TryParse(lease?["metadata"]!["annotations"]?[ClusterNames.ConnectedAgentsAnnotation]?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var connected))
            return null;
        var holder = lease!["spec"]?["holderIdentity"]?.ToString();
        var controllers = await PodsAsync(ClusterNames.Controller, cancellation);
        return controllers.Any(pod => pod["metadata"]!["name"]!.ToString() == holder && pod["metadata"]!["deletionTimestamp"] is null) ? connected : null;
    }

    private async Task<ImmutableArray<string>> TroublesAsync(Readiness found, JsonNode? available, CancellationToken cancellation)
    {
        var troubles = ImmutableArray.CreateBuilder<string>();
        if (found.Replacing)
            troubles.Add("a controller of the earlier installation is still there");
        if (!found.Controllers.IsWhole)
        {
            var pods = await PodsAsync(ClusterNames.Controller, cancellation);
            troubles.AddRange(pods.Select(pod => (Pod: pod, Reason: PodTrouble.Of(pod))).Where(entry => entry.Reason is not null)
                .Select(entry => $"pod {entry.Pod["metadata"]!["name"]}: {entry.Reason}"));
            if (pods.Count == 0)
                troubles.Add($"the controller has no pod{await WhyNoneAsync(ClusterNames.Controller, cancellation)}");
        }
        else if (!found.ApiAvailable)
        {
            troubles.Add($"the reports' API: {available?["message"]?.ToString() ?? "the cluster has not looked at it yet"}");
        }
        if (!found.Agents.IsWhole)
            troubles.AddRange(await MissingAgentsAsync(cancellation));
        else if (found.Controllers.IsWhole && !(found.Connected >= found.Agents.Wanted))
            troubles.Add($"{found.Agents.Wanted - (found.Connected ?? 0)} of {found.Agents.Wanted} agents are not connected to the controller; their logs tell why");
        return troubles.ToImmutable();
    }

    // Every node that should have an agent and has no ready one.
    private async Task<IEnumerable<string>> MissingAgentsAsync(CancellationToken cancellation)
    {
        var pods = await PodsAsync(ClusterNames.Agent, cancellation);
        if (pods.Count == 0)
            return [$"there are no agents{await WhyNoneAsync(ClusterNames.Agent, cancellation)}"];
        var nodes = (await cluster.ListAsync("api/v1/nodes", "", cancellation)).ToDictionary(node => node["metadata"]!["name"]!.ToString(), StringComparer.Ordinal);
        var lines = new List<string>();
        foreach (var pod in pods)
        {
            var node = PodTrouble.NodeOf(pod);
            if (PodTrouble.Of(pod) is { } reason)
                lines.Add($"node {node}: {(nodes.TryGetValue(node, out var entry) && PodTrouble.OfNode(entry) is { } down ? down : reason)}");
        }
        return lines;
    }

    private async Task<IReadOnlyList<JsonObject>> PodsAsync(string name, CancellationToken cancellation) =>
        await cluster.ListAsync(
            $"api/v1/namespaces/{space}/pods", $"labelSelector={Uri.EscapeDataString($"{ClusterNames.NameLabel}={name},{ClusterNames.PartOfLabel}={ClusterNames.PartOf}")}", cancellation);

    // Pods that nobody may create, for example for a quota, leave only an event.
    private async Task<string> WhyNoneAsync(string name, CancellationToken cancellation)
    {
        var events = await cluster.ListAsync($"api/v1/namespaces/{space}/events", "fieldSelector=reason%3DFailedCreate", cancellation);
        var last = events.LastOrDefault(entry => entry["involvedObject"]?["name"]?.ToString().StartsWith(name, StringComparison.Ordinal) == true);
        return last is null ? "" : $": {last["message"]}";
    }

    private static bool Observed(JsonObject? workload) =>
        workload is not null && Number(workload["status"]?["observedGeneration"]) >= Number(workload["metadata"]!["generation"]);

    private static int Number(JsonNode? value) => value?.GetValue<int>() ?? 0;
}
