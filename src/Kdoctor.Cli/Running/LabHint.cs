namespace Kdoctor.Cli.Running;

/// <summary>Says that a run is in a lab to who has a cluster too: what a lab finds healthy says nothing of the cluster.</summary>
internal static class LabHint
{
    /// <summary>The line; null where kubectl would find no cluster.</summary>
    /// <param name="environment">Reads an environment variable: KUBECONFIG and HOME count.</param>
    /// <param name="exists">Whether there is such a file.</param>
    public static string? Of(Func<string, string?> environment, Func<string, bool> exists) =>
        !string.IsNullOrEmpty(environment("KUBECONFIG")) || (environment("HOME") is { Length: > 0 } home && exists(Path.Combine(home, ".kube", "config")))
            ? "kdoctor: this runs in a lab on this machine; --kubeconfig FILE or --context NAME runs it in a cluster"
            : null;
}
