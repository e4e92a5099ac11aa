using System.Collections.Immutable;
using System.Text;
using Kdoctor.Controller.Inputs;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Verdicts;
using Kdoctor.TestKit.Tls;
using Xunit;

namespace Kdoctor.Tests.Controller.Collecting;

/// <summary>A round whose requests need a Secret, taken up again by a controller that has only what was stored.</summary>
public sealed class SecretRoundTests : IDisposable
{
    private static readonly ObjectReference Secret = new(ObjectKind.Secret, "shop", "client");

    private readonly TestAuthority authority = new();

    public void Dispose() => authority.Dispose();

    [Fact]
    public async Task S5_a_restarted_controller_reads_the_Secret_anew_for_agents_that_are_still_to_be_told()
    {
        var (certificate, key) = TestAuthority.PemOf(authority.Issue(["client"]));
        await using var rig = await RestartedAsync(ObjectContent.Of([new("ca.crt", authority.Pem), new("tls.crt", certificate), new("tls.key", key)]));
        var told = Assert.Single(CollectorRig.Told(await rig.ConnectAsync(0))).Assignment;
        Assert.All(told.Targets, target => Assert.Equal(Encoding.ASCII.GetString(key), target.Http.Tls.KeyPem.ToStringUtf8()));
    }

    [Fact]
    public async Task S5_where_the_Secret_has_gone_meanwhile_no_agent_is_sent_out_without_it()
    {
        await using var rig = await RestartedAsync(ObjectContent.Unreadable("Secret shop/client cannot be read: there is none"));
        Assert.DoesNotContain(CollectorRig.Told(await rig.ConnectAsync(0)), told => told.Assignment is not null);
        var row = await rig.EndedAsync();
        Assert.Equal(Verdict.Unknown, row.Verdict);
        var verdict = (await rig.Store.RoundAsync(row.Id, TestContext.Current.CancellationToken))!.Verdict!;
        Assert.Contains("Secret shop/client cannot be read", Assert.Single(verdict.Agents).Reasons[0], StringComparison.Ordinal);
    }

    private static async Task<CollectorRig> RestartedAsync(ObjectContent content)
    {
        var rig = new CollectorRig(1);
        var plan = rig.Mesh.Plan with
        {
            Targets = [.. rig.Mesh.Plan.Targets.Select(target => target with { Request = ((HttpRequestPlan)target.Request) with { Tls = new TlsPlan { From = Secret } } })],
        };
        await rig.Collector.BeginAsync(rig.Record with { Plan = plan }, null);
        rig.Inputs = new Reading(content);
        await rig.RestartAsync();
        return rig;
    }

    private sealed class Reading(ObjectContent content) : IRoundInputs
    {
        public Task<ClusterSnapshot> FurnishAsync(TaskDefinition task, ClusterSnapshot snapshot, CancellationToken cancellation) => Task.FromResult(snapshot);

        public Task<(RoundPlan Plan, string? Problem)> RestoreAsync(RoundPlan plan, CancellationToken cancellation)
        {
            var restored = RequestMaterial.Restore(plan, ImmutableDictionary<ObjectReference, ObjectContent>.Empty.Add(Secret, content), out var problem);
            return Task.FromResult((restored, problem));
        }
    }
}
