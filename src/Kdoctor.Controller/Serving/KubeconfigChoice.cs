using k8s;
using k8s.KubeConfigModels;

namespace Kdoctor.Controller.Serving;

/// <summary>Which kubeconfig is meant: kubectl's rule, so that what works with kubectl works here.</summary>
public static class KubeconfigChoice
{
    /// <summary>
    /// How to reach the API server: by <paramref name="path"/> where it is given; else by the files that <c>KUBECONFIG</c> lists, put together, those
    /// that are missing passed over; else by <c>~/.kube/config</c>.
    /// </summary>
    /// <param name="path">The file that the user named; null for none.</param>
    /// <param name="context">The context that the user named; null for the current one.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <exception cref="k8s.Exceptions.KubeConfigException">There is no such file or context.</exception>
    public static KubernetesClientConfiguration Read(string? path, string? context, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (path is not null || environment("KUBECONFIG") is not { Length: > 0 } list)
            return KubernetesClientConfiguration.BuildConfigFromConfigFile(path, context);
        var named = list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var there = named.Where(File.Exists).ToArray();
        if (there.Length < 2)
            return KubernetesClientConfiguration.BuildConfigFromConfigFile(there.FirstOrDefault() ?? named.FirstOrDefault(), context);
        return KubernetesClientConfiguration.BuildConfigFromConfigObject(
            there.Select(file => KubernetesClientConfiguration.LoadKubeConfig(file)).Aggregate(Joined), context);
    }

    // The first file to name something decides what it means.
    private static K8SConfiguration Joined(K8SConfiguration first, K8SConfiguration then) => new()
    {
        CurrentContext = string.IsNullOrEmpty(first.CurrentContext) ? then.CurrentContext : first.CurrentContext,
        Contexts = [.. (first.Contexts ?? []).Concat(then.Contexts ?? []).DistinctBy(entry => entry.Name)],
        Clusters = [.. (first.Clusters ?? []).Concat(then.Clusters ?? []).DistinctBy(entry => entry.Name)],
        Users = [.. (first.Users ?? []).Concat(then.Users ?? []).DistinctBy(entry => entry.Name)],
    };
}
