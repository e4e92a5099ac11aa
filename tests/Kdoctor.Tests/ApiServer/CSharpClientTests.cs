using k8s;
using Kdoctor.TestKit.Contract;
using Xunit;

namespace Kdoctor.Tests.ApiServer;

public sealed class CSharpClientTests
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task It_lists_and_watches()
    {
        await using var test = await ApiTest.StartAsync();
        await test.CreateAsync(ApiTest.NetReach("a"));
        using var client = new RawApi(test.Api.Kubeconfig).Client;
        using var resources = new GenericClient(client, "kdoctor.io", "v1beta1", "netreaches", disposeClient: false);
        var list = await resources.ListAsync<NetReachList>(cancel: TestContext.Current.CancellationToken);
        Assert.Equal("a", Assert.Single(list.Items).Metadata.Name);

        var seen = new List<string>();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        end.CancelAfter(HangGuard);
        await foreach (var (type, item) in resources.WatchAsync<NetReach>(cancel: end.Token))
        {
            seen.Add($"{type} {item.Metadata.Name}");
            if (seen.Count == 1) await test.CreateAsync(ApiTest.NetReach("b"));
            if (seen.Count == 2) await test.Api.SendAsync(HttpMethod.Delete, ApiTest.Path + "/a");
            if (seen.Count == 3) break;
        }

        Assert.Equal(["Added a", "Added b", "Deleted a"], seen);
    }

    public sealed class NetReach : IKubernetesObject<k8s.Models.V1ObjectMeta>
    {
        public string ApiVersion { get; set; } = "";

        public string Kind { get; set; } = "";

        public k8s.Models.V1ObjectMeta Metadata { get; set; } = new();
    }

    public sealed class NetReachList : IKubernetesObject<k8s.Models.V1ListMeta>, k8s.Models.IItems<NetReach>
    {
        public string ApiVersion { get; set; } = "";

        public string Kind { get; set; } = "";

        public k8s.Models.V1ListMeta Metadata { get; set; } = new();

        public IList<NetReach> Items { get; set; } = [];
    }
}
