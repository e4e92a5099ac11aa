using CsCheck;
using Kdoctor.Core.Planning;
using Kdoctor.Probing.Load;
using Xunit;

namespace Kdoctor.Tests.Probing.Load;

public sealed class TimetableTests
{
    private static readonly Gen<(int Targets, double Rate, double Seconds, double Phase)> Loads =
        Gen.Select(Gen.Int[1, 60], Gen.Double[0.1, 500], Gen.Double[0.1, 5], Gen.Double[0, 1]);

    [Fact]
    public void Each_target_gets_exactly_rate_times_duration_in_order_and_within_the_duration() => Loads.Sample(load =>
    {
        var (table, plan) = Make(load);
        var counts = new long[load.Targets];
        var before = 0L;
        for (var request = 0L; request < table.Total; request++)
        {
            var intended = table.IntendedNs(request);
            Assert.True(intended >= before, $"request {request} is before the one before it");
            before = intended;
            counts[table.TargetOf(request)]++;
        }
        Assert.All(counts, count => Assert.Equal(plan.RequestsPerTarget, count));
        Assert.True(before <= (plan.Duration.TotalSeconds + (1 / plan.RequestsPerSecond)) * 1e9);
    });

    [Fact]
    public void Every_target_is_asked_at_its_own_even_interval() => Loads.Sample(load =>
    {
        var (table, plan) = Make(load);
        for (var request = (long)load.Targets; request < Math.Min(table.Total, 500); request++)
        {
            Assert.Equal(table.TargetOf(request - load.Targets), table.TargetOf(request));
            var interval = table.IntendedNs(request) - table.IntendedNs(request - load.Targets);
            Assert.InRange(interval, (1e9 / plan.RequestsPerSecond) - 2, (1e9 / plan.RequestsPerSecond) + 2);
        }
    });

    [Theory]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(100)]
    public void The_mesh_as_a_whole_is_even_and_no_target_is_asked_by_all_at_once(int agents)
    {
        var tables = Enumerable.Range(0, agents).Select(agent => Make((agents, 1, 1, (double)agent / agents)).Table).ToList();
        var all = tables.SelectMany(table => Enumerable.Range(0, agents).Select(request => table.IntendedNs(request))).Order().ToList();
        Assert.All(all.Zip(all.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, (1e9 / agents / agents) - 2, (1e9 / agents / agents) + 2));
        var ofOne = tables.Select(table => table.IntendedNs(Enumerable.Range(0, agents).Single(request => table.TargetOf(request) == 0))).Order().ToList();
        Assert.All(ofOne.Zip(ofOne.Skip(1)), pair => Assert.True(pair.Second - pair.First > 0.9e9 / agents));
    }

    [Theory]
    [InlineData(0, 1.0, 0.5)]
    [InlineData(1, 0.0, 0.5)]
    [InlineData(1, double.PositiveInfinity, 0.5)]
    [InlineData(1, 1.0, -0.1)]
    [InlineData(1, 1.0, double.NaN)]
    public void Nonsense_is_refused(int targets, double rate, double phase) =>
        Assert.ThrowsAny<ArgumentException>(() => Make((targets, rate, 1, phase)));

    private static (Timetable Table, LoadPlan Plan) Make((int Targets, double Rate, double Seconds, double Phase) load)
    {
        var plan = new LoadPlan(load.Rate, TimeSpan.FromSeconds(load.Seconds), TimeSpan.FromSeconds(1));
        return (new Timetable(load.Targets, plan, load.Phase), plan);
    }
}
