using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Resources;
using Kdoctor.ApiServer.Storage;
using Kdoctor.Controller.Storage;
using Kdoctor.Core.Tasks.Schemas;
using Kdoctor.Core.Verdicts;
using Kdoctor.TestKit.ApiServer;
using Kdoctor.TestKit.Databases;
using Kdoctor.TestKit.Processes;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kdoctor.Tests.EndToEnd;

/// <summary>Two controllers, one PostgreSQL, one API server, agents of their own: all in processes that can be killed.</summary>
[Trait("area", "takeover")]
public sealed class TakeoverTests(SharedPostgres postgres) : IDisposable
{
    private const int Seconds = 3;
    private const int Rate = 10;
    private const string Tasks = "/apis/kdoctor.io/v1beta1/netreaches";

    private readonly string data = Directory.CreateTempSubdirectory("kdoctor-takeover-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(data, recursive: true);

    [Fact]
    public async Task A_round_whose_controller_is_killed_ends_with_its_report_nothing_twice_and_nothing_lost()
    {
        var connection = await postgres.NewDatabaseAsync();
        using var objects = SqliteObjectStore.Open(new SqliteObjectStoreOptions { Path = ":memory:" });
        await using var api = await LoopbackApi.StartAsync([.. Resources(objects)], Clock.Real);
        var ports = FreePorts(2);
        await using var leader = Controller(api, connection, ports[0]);
        var join = await leader.ErrorLineAsync("join with");
        await leader.ErrorLineAsync(", leads");
        await using var successor = Controller(api, connection, ports[1]);
        await successor.ErrorLineAsync("stands by");

        // One agent is told only of the controller that does not lead.
        await using var first = Agent(join, "first", "127.0.0.31", ports[0], ports[1]);
        await using var second = Agent(join, "second", "127.0.0.32", ports[1]);
        await first.ErrorLineAsync("has joined");
        await second.ErrorLineAsync("has joined");
        Assert.Equal(201, (await api.SendAsync(HttpMethod.Post, Tasks, Manifest)).Code);
        await second.ErrorLineAsync("starting in");
        await leader.KillAsync();

        await using var store = await PostgresRoundStore.OpenAsync(connection, new StoreBounds(), () => "", Clock.Real, NullLoggerFactory.Instance, Cancellation);
        await successor.ErrorLineAsync("is taken up again");
        await successor.ErrorLineAsync(" ended: ");
        var uid = Assert.Single(await store.TaskUidsAsync(Cancellation));
        var round = Assert.Single(await store.HistoryAsync(uid, 10, Cancellation));
        Assert.True(round.Verdict == Verdict.Succeed, round.Summary);

        // Two agents, each reaching both.
        Assert.Equal(2 * 2 * Rate * Seconds, round.Tally!.Requests.Succeeded);
        Assert.Equal(2, round.Tally.Reported);
        Assert.Equal(1, (await store.TotalsAsync(uid, Cancellation)).Done);

        // Whoever ran its part twice would report it once; those that were asked count for themselves.
        using var client = new HttpClient();
        foreach (var target in (await store.RoundAsync(round.Id, Cancellation))!.Plan.Targets)
        {
            var asked = JsonNode.Parse(await client.GetStringAsync(new Uri(target.Url), Cancellation))!;
            Assert.Equal(2 * Rate * Seconds, (int)asked["requestCount"]! - 1);
        }
    }

    private static string Manifest => string.Create(CultureInfo.InvariantCulture, $$"""
        {
          "apiVersion": "kdoctor.io/v1beta1", "kind": "NetReach", "metadata": {"name": "survivor"},
          "spec": {
            "request": {"durationInSecond": {{Seconds}}, "qps": {{Rate}}, "perRequestTimeoutInMS": 2000}, "expect": {"meanAccessDelayInMs": 2000},
            "schedule": {"roundNumber": 1, "roundTimeoutMinute": 1, "schedule": "0 60"}, "target": {"clusterIP": false, "nodePort": false}
          }
        }
        """);

    private static IEnumerable<ApiResource> Resources(SqliteObjectStore store)
    {
        foreach (var definition in CrdGenerator.Generate().Select(ResourceDefinition.FromCrd).Append(WellKnownResources.Lease))
            yield return new ApiResource(definition, store.Resource(definition));
    }

    private KdoctorProcess Controller(LoopbackApi api, string connection, int port) => KdoctorProcess.StartProgram(
        "/usr/bin/env",
        [
            $"{PostgresRoundStore.Variable}={connection}", Path.Combine(AppContext.BaseDirectory, "kdoctor"), "controller", "--kubeconfig", api.Kubeconfig,
            "--lease", "kdoctor/kdoctor-controller", "--listen", $"127.0.0.1:{port}", "--data", data,
        ]);

    private static KdoctorProcess Agent(string join, string name, string address, params int[] ports)
    {
        var arguments = join[(join.IndexOf("--join-token-file", StringComparison.Ordinal))..].Split(' ');
        return KdoctorProcess.Start(
            ["agent", .. ports.SelectMany(port => new[] { "--controller", $"127.0.0.1:{port}" }), .. arguments, "--name", name, "--id", name, "--listen", address]);
    }

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        listeners.ForEach(listener => listener.Dispose());
        return ports;
    }
}
