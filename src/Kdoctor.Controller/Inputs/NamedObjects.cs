using System.Net;
using System.Text;
using k8s;
using k8s.Autorest;
using Kdoctor.Core.Planning;

namespace Kdoctor.Controller.Inputs;

/// <summary>Reads the Secrets and ConfigMaps that tasks name, and only where the installer allows it.</summary>
internal sealed class NamedObjects(IKubernetes kubernetes, ObjectAccess access)
{
    /// <summary>An object's entries, or why there are none. Never throws but for a cancellation; no message has anything of the content.</summary>
    public async Task<ObjectContent> ReadAsync(ObjectReference reference, CancellationToken cancellation)
    {
        if (!access.Allows(reference.Namespace))
            return Unreadable(reference, "the controller may read no objects of that namespace", $"list {reference.Namespace} under secretNamespaces in the controller's settings and give it the rights, or put the object into a namespace that is listed");
        try
        {
            return ObjectContent.Of(reference.Kind == ObjectKind.Secret
                ? await SecretAsync(reference, cancellation).ConfigureAwait(false)
                : await ConfigMapAsync(reference, cancellation).ConfigureAwait(false));
        }
        catch (HttpOperationException refused)
        {
            return refused.Response.StatusCode switch
            {
                HttpStatusCode.NotFound => Unreadable(reference, "there is none", $"make it: kubectl create {(reference.Kind == ObjectKind.Secret ? "secret generic" : "configmap")} {reference.Name} -n {reference.Namespace} ..."),
                HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized => Unreadable(reference, "the controller has no right to read it", $"give its service account a Role to get it in namespace {reference.Namespace}"),
                var status => Unreadable(reference, $"the API server answered {(int)status}", "look at the API server"),
            };
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            return Unreadable(reference, $"the API server could not be asked ({failed.GetType().Name})", "look at the API server and at the controller's way to it");
        }
    }

    private async Task<IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>>> SecretAsync(ObjectReference reference, CancellationToken cancellation)
    {
        var secret = await kubernetes.CoreV1.ReadNamespacedSecretAsync(reference.Name, reference.Namespace, cancellationToken: cancellation).ConfigureAwait(false);
        return (secret.Data ?? new Dictionary<string, byte[]>()).Select(entry => KeyValuePair.Create(entry.Key, new ReadOnlyMemory<byte>(entry.Value)));
    }

    private async Task<IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>>> ConfigMapAsync(ObjectReference reference, CancellationToken cancellation)
    {
        var map = await kubernetes.CoreV1.ReadNamespacedConfigMapAsync(reference.Name, reference.Namespace, cancellationToken: cancellation).ConfigureAwait(false);
        return (map.Data ?? new Dictionary<string, string>()).Select(entry => KeyValuePair.Create(entry.Key, new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(entry.Value))))
            .Concat((map.BinaryData ?? new Dictionary<string, byte[]>()).Select(entry => KeyValuePair.Create(entry.Key, new ReadOnlyMemory<byte>(entry.Value))));
    }

    private static ObjectContent Unreadable(ObjectReference reference, string why, string remedy) =>
        ObjectContent.Unreadable($"{reference}, which the task names, cannot be read: {why}; {remedy}");
}
