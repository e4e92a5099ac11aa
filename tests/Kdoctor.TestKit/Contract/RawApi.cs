using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using k8s;

namespace Kdoctor.TestKit.Contract;

/// <summary>Plain HTTP with the address and the credentials of a kubeconfig, for what kubectl cannot do.</summary>
public sealed class RawApi(string kubeconfig) : IDisposable
{
    public const string NetReaches = "apis/kdoctor.io/v1beta1/netreaches";
    public const string MergePatch = "application/merge-patch+json";
    public const string JsonPatch = "application/json-patch+json";

    private readonly KubernetesClientConfiguration configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig);
    private Kubernetes? client;

    /// <summary>The C# client itself.</summary>
    public Kubernetes Client => client ??= new Kubernetes(configuration);

    public async Task<(int Code, JsonObject Body)> SendAsync(
        HttpMethod method, string path, string? body = null, string type = "application/json", string? accept = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(Client.BaseUri, path));
        if (configuration.AccessToken is { } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        using var response = await Client.HttpClient.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, JsonNode.Parse(text)!.AsObject());
    }

    /// <summary>Patches the status as the controller does.</summary>
    public async Task PatchStatusAsync(string name, string status)
    {
        var (code, body) = await SendAsync(HttpMethod.Patch, $"{NetReaches}/{name}/status", $$"""{"status":{{status}}}""", MergePatch);
        if (code != 200) throw new InvalidOperationException(body.ToJsonString());
    }

    public void Dispose() => client?.Dispose();
}
