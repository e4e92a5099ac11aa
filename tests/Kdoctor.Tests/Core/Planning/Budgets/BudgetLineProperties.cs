using System.Collections.Frozen;
using CsCheck;
using Kdoctor.Core.Planning.Budgets;
using Kdoctor.Core.Tasks;
using Xunit;

namespace Kdoctor.Tests.Core.Planning.Budgets;

/// <summary>A crowd of rounds before the line, second by second, as a controller would ask for them: in any order, with a restart in between.</summary>
public sealed class BudgetLineProperties
{
    private const int Seconds = 400;
    private static readonly DateTimeOffset Noon = new(2030, 5, 17, 12, 0, 0, TimeSpan.Zero);
    private static readonly RequestBudgets Budgets = new() { Agent = 60, Cluster = 100, NetReach = 70, Netdns = 40 };

    private static readonly Gen<Wish> AnyWish = Gen.Select(Gen.Int[0, 60], Gen.Int[1, 9], Gen.Int[1, 3], Gen.Int[0, 50], Gen.Int[0, 50]).Select(
        (due, length, kind, first, second) => new Wish(due, length, (TaskKind)kind, new Dictionary<string, double> { ["a"] = first, ["b"] = second }.ToFrozenDictionary()));

    [Fact]
    public void No_budget_is_ever_passed_and_every_round_that_fits_alone_begins() => Gen.Select(AnyWish.Array[1, 25], Gen.Int, Gen.Int[0, 60]).Sample((wishes, seed, restart) =>
    {
        var begun = Simulate(wishes, seed, restart);
        for (var second = 0; second < Seconds; second++)
        {
            var running = wishes.Where((wish, place) => begun.TryGetValue(place, out var at) && at <= second && second < at + wish.Length).ToList();
            Assert.True(running.Sum(wish => wish.Total) <= Budgets.Cluster);
            Assert.True(running.Where(wish => wish.Kind == TaskKind.NetReach).Sum(wish => wish.Total) <= Budgets.NetReach);
            Assert.True(running.Where(wish => wish.Kind == TaskKind.Netdns).Sum(wish => wish.Total) <= Budgets.Netdns);
            foreach (var agent in new[] { "a", "b" })
                Assert.True(running.Sum(wish => wish.Agents[agent]) <= Budgets.Agent);
        }
        Assert.All(Enumerable.Range(0, wishes.Length), place => Assert.Equal(FitsAlone(wishes[place]), begun.ContainsKey(place)));
    });

    [Fact]
    public void The_order_of_asking_and_a_restart_change_who_begins_only_among_those_due_at_once() => Gen.Select(AnyWish.Array[1, 20], Gen.Int, Gen.Int).Sample((wishes, one, other) =>
    {
        // Due times that differ: then all that decides is who has waited longer.
        var apart = wishes.Select((wish, place) => wish with { Due = place * 2 }).ToArray();
        Assert.Equal(Simulate(apart, one, Seconds).OrderBy(entry => entry.Key), Simulate(apart, other, Seconds).OrderBy(entry => entry.Key));
    });

    [Fact]
    public void Whoever_needs_the_same_budget_is_served_in_the_order_of_waiting() => Gen.Select(AnyWish.Array[2, 20], Gen.Int).Sample((wishes, seed) =>
    {
        // Everyone needs more than half of the cluster: one at a time.
        var large = wishes.Select((wish, place) => wish with { Due = place, Kind = TaskKind.AppHttpHealthy, Agents = new Dictionary<string, double> { ["a"] = 51, ["b"] = 0 }.ToFrozenDictionary() }).ToArray();
        var begun = Simulate(large, seed, Seconds);
        Assert.Equal(Enumerable.Range(0, large.Length), begun.OrderBy(entry => entry.Value).Select(entry => entry.Key));
    });

    private static Dictionary<int, int> Simulate(Wish[] wishes, int seed, int restart)
    {
        var chance = new Random(seed);
        var line = new BudgetLine(Budgets);
        var begun = new Dictionary<int, int>();
        var never = new HashSet<int>();
        for (var second = 0; second < Seconds; second++)
        {
            // After a restart the line is empty, and whoever asks says since when.
            if (second == restart)
                line = new BudgetLine(Budgets);
            var due = Enumerable.Range(0, wishes.Length).Where(place => wishes[place].Due <= second && !begun.ContainsKey(place) && !never.Contains(place)).ToArray();
            chance.Shuffle(due);
            foreach (var place in due)
            {
                var running = begun.Where(entry => second < entry.Value + wishes[entry.Key].Length).Select(entry => wishes[entry.Key].Demand(entry.Key, entry.Value)).ToList();
                var answer = line.Ask(wishes[place].Demand(place, second), Noon.AddSeconds(wishes[place].Due), running);
                if (answer is BudgetFits)
                    begun[place] = second;
                else if (answer is BudgetNever)
                    never.Add(place);
                else
                    Assert.True(running.Count > 0 || line.Count > 1, "a round waits for nobody");
            }
        }
        return begun;
    }

    private static bool FitsAlone(Wish wish) => wish.Total <= Budgets.Cluster && wish.Agents.Values.All(rate => rate <= Budgets.Agent)
        && wish.Total <= (wish.Kind switch { TaskKind.NetReach => Budgets.NetReach, TaskKind.Netdns => Budgets.Netdns, _ => null } ?? int.MaxValue);

    private sealed record Wish(int Due, int Length, TaskKind Kind, FrozenDictionary<string, double> Agents)
    {
        public double Total => Agents.Values.Sum();

        public RoundDemand Demand(int place, int second) => new()
        {
            TaskUid = $"task-{place:00}", Kind = Kind, RequestsPerSecond = 1, Agents = Agents, Total = Total, Ends = Noon.AddSeconds(second + Length),
        };
    }
}
