using k8s.Models;

namespace Kdoctor.Controller.Cluster;

/// <summary>Why a pod does not run.</summary>
/// <param name="Reason">In words for a report.</param>
/// <param name="Passing">Whether it usually passes within seconds.</param>
internal sealed record PodTrouble(string Reason, bool Passing)
{
    private const int MaxLength = 300;

    /// <summary>Null when the pod's containers run.</summary>
    public static PodTrouble? Of(V1Pod pod)
    {
        if (pod.Metadata.DeletionTimestamp is not null)
            return new("its pod is being deleted", true);
        if (pod.Status?.Phase is "Failed" or "Succeeded")
            return new(Words("its pod has ended", pod.Status.Reason, pod.Status.Message), false);
        if (pod.Status?.Conditions?.FirstOrDefault(condition => condition is { Type: "PodScheduled", Status: "False" }) is { } unscheduled)
            return new(Words("its pod cannot be scheduled", unscheduled.Reason, unscheduled.Message), false);
        var states = (pod.Status?.InitContainerStatuses ?? []).Concat(pod.Status?.ContainerStatuses ?? []).ToList();
        if (states.FirstOrDefault(status => status.State?.Waiting is { Reason: not (null or "ContainerCreating" or "PodInitializing") }) is { } stuck)
            return new(Words("its container does not start", stuck.State.Waiting.Reason, stuck.State.Waiting.Message), false);
        if (states.FirstOrDefault(status => status.State?.Terminated is { ExitCode: not 0 }) is { } died)
            return new(Words(FormattableString.Invariant($"its container ended with exit code {died.State.Terminated.ExitCode}"), died.State.Terminated.Reason, died.State.Terminated.Message), false);
        return states.Count > 0 && (pod.Status?.ContainerStatuses ?? []).All(status => status.State?.Running is not null)
            ? null
            : new("its pod is starting", true);
    }

    private static string Words(string what, params string?[] details)
    {
        var text = string.Join(": ", details.Where(detail => !string.IsNullOrWhiteSpace(detail)).Prepend(what)).ReplaceLineEndings(" ");
        return text.Length <= MaxLength ? text : text[..MaxLength] + "...";
    }
}
