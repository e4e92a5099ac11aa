using System.Globalization;
using k8s.Models;

namespace Kdoctor.Controller.Cluster;

/// <summary>
/// Whether a DaemonSet wants a pod on a node, as its controller decides it: by the node selector, the required node affinity and the taints.
/// Taints that stand for a node's condition exclude nothing: a sick node is where an agent is missed most.
/// </summary>
internal static class NodeFit
{
    private const string ConditionTaints = "node.kubernetes.io/";

    /// <summary>Why a node is left out by the DaemonSet's own wish; null when it is not.</summary>
    public static string? Excluded(NodeFacts node, WorkloadFacts workload)
    {
        foreach (var (key, value) in workload.NodeSelector)
        {
            if (!node.Labels.TryGetValue(key, out var found) || found != value)
                return $"it lacks the label {key}={value}";
        }
        if (workload.RequiredTerms is { } terms && !terms.Any(term => Matches(term, node)))
            return "it does not match the node affinity";
        var taint = node.Taints.FirstOrDefault(taint => taint.Effect is "NoSchedule" or "NoExecute"
            && !taint.Key.StartsWith(ConditionTaints, StringComparison.Ordinal)
            && !workload.Tolerations.Any(toleration => Tolerates(toleration, taint)));
        return taint is null ? null : $"it has the taint {taint.Key}{(string.IsNullOrEmpty(taint.Value) ? "" : $"={taint.Value}")}:{taint.Effect}";
    }

    private static bool Tolerates(V1Toleration toleration, V1Taint taint) =>
        (string.IsNullOrEmpty(toleration.Effect) || toleration.Effect == taint.Effect)
        && (string.IsNullOrEmpty(toleration.Key) ? toleration.OperatorProperty == "Exists" : toleration.Key == taint.Key)
        && (toleration.OperatorProperty == "Exists" || (toleration.Value ?? "") == (taint.Value ?? ""));

    // A term without any requirement matches no node.
    private static bool Matches(V1NodeSelectorTerm term, NodeFacts node)
    {
        var (expressions, fields) = (term.MatchExpressions ?? [], term.MatchFields ?? []);
        return expressions.Count + fields.Count > 0
            && expressions.All(requirement => Holds(requirement, node.Labels.GetValueOrDefault(requirement.Key)))
            && fields.All(requirement => Holds(requirement, requirement.Key == "metadata.name" ? node.Name : null));
    }

    private static bool Holds(V1NodeSelectorRequirement requirement, string? value)
    {
        var values = requirement.Values ?? [];
        return requirement.OperatorProperty switch
        {
            "In" => value is not null && values.Contains(value),
            "NotIn" => value is null || !values.Contains(value),
            "Exists" => value is not null,
            "DoesNotExist" => value is null,
            "Gt" => Compare(value, values) > 0,
            "Lt" => Compare(value, values) < 0,
            _ => false,
        };
    }

    private static int? Compare(string? value, IList<string> values) =>
        values.Count == 1 && long.TryParse(value, CultureInfo.InvariantCulture, out var left) && long.TryParse(values[0], CultureInfo.InvariantCulture, out var right)
            ? left.CompareTo(right) : null;
}
