using System.Security.Cryptography;
using k8s;
using k8s.Exceptions;
using Kdoctor.Controller.Serving;
using YamlDotNet.Core;

namespace Kdoctor.Cli.Cluster;

/// <summary>How to reach the cluster that the user means.</summary>
internal static class ClusterConfiguration
{
    /// <summary>What a kubeconfig says; null stands for kubectl's own choice of file or context.</summary>
    /// <exception cref="ClusterException">The file cannot be read or has no such context.</exception>
    public static KubernetesClientConfiguration Read(string? path, string? context, CliContext process)
    {
        try
        {
            return KubeconfigChoice.Read(path, context, process.Environment);
        }
        catch (Exception refused) when (refused is KubeConfigException or IOException or UnauthorizedAccessException or YamlException or FormatException or CryptographicException)
        {
            throw new ClusterException(
                $"cannot use the kubeconfig {path ?? "of KUBECONFIG or ~/.kube/config"}: {refused.Message.TrimEnd('.')}; set KUBECONFIG, or name a file with --kubeconfig and a context of it with --context", refused);
        }
    }
}
