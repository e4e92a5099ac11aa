using System.Text.Json.Nodes;
using Kdoctor.TestKit;
using Kdoctor.TestKit.Contract;
using Xunit;

namespace Kdoctor.Tests.Cli.Installing;

/// <summary>What `kubectl apply -k` makes is what `kdoctor install` makes.</summary>
[Trait("area", "kubectl")]
public sealed class KustomizeTests
{
    public static TheoryData<string, string, string> Forms()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var program in Kubectl.Programs)
        {
            data.Add(program, "base", "");
            data.Add(program, "dual-stack", "--ip-families dual");
            data.Add(program, "network-policies", "--network-policies");
            data.Add(program, "controller-node-port", "--controller-node-port");
            data.Add(program, "replicas", "--replicas 2 --postgres-secret kdoctor-postgres");
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task An_overlay_has_the_same_objects_as_the_command(string program, string overlay, string options)
    {
        Assert.SkipUnless(Kubectl.Exists(program), $"{program} is not installed");
        using var kubectl = new Kubectl(program, "");
        var built = await kubectl.RunAsync("kustomize", Repository.Path("deploy/kustomize", overlay));
        Assert.True(built.ExitCode == 0, built.All);

        SameObjects.Equal(DryRun.Of(options.Split(' ', StringSplitOptions.RemoveEmptyEntries)), DryRun.Read(built.Output));
    }

    [Fact]
    public async Task A_store_that_is_shared_is_there_for_servers_without_the_newer_api_of_disruption_budgets()
    {
        Assert.SkipUnless(Kubectl.Exists(Kubectl.Programs[0]), $"{Kubectl.Programs[0]} is not installed");
        using var kubectl = new Kubectl(Kubectl.Programs[0], "");
        var built = DryRun.Read((await kubectl.RunAsync("kustomize", Repository.Path("deploy/kustomize/shared-store"))).Output);

        SameObjects.Equal(
            [.. DryRun.Of("--replicas", "2", "--postgres-secret", "kdoctor-postgres").Where(document => document["kind"]!.ToString() != "PodDisruptionBudget")], [.. built.Cast<JsonObject>()]);
    }

    [Fact]
    public async Task The_reader_of_secrets_is_the_one_that_the_command_makes()
    {
        Assert.SkipUnless(Kubectl.Exists(Kubectl.Programs[0]), $"{Kubectl.Programs[0]} is not installed");
        using var kubectl = new Kubectl(Kubectl.Programs[0], "");
        var built = DryRun.Read((await kubectl.RunAsync("kustomize", Repository.Path("deploy/kustomize/secrets"))).Output);

        SameObjects.Equal(
            [.. DryRun.Of("--allow-secrets-in", "default").Where(document => document["metadata"]!["name"]!.ToString() == "kdoctor-controller-secrets")],
            [.. built.Cast<JsonObject>()]);
    }
}
