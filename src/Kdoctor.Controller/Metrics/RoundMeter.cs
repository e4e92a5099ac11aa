using Kdoctor.Controller.Collecting;
using Kdoctor.Core.Metrics;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Verdicts;

namespace Kdoctor.Controller.Metrics;

/// <summary>
/// Counts rounds and their requests since the process began, by task and channel and never by agent or target. At most <see cref="MaxTasks"/> tasks are
/// counted apart; those that come later count together as <see cref="Others"/>. A task that is gone is forgotten. Safe to use from every thread.
/// </summary>
internal sealed class RoundMeter
{
    /// <summary>The most tasks that are counted apart.</summary>
    public const int MaxTasks = 500;

    /// <summary>Stands for the tasks that are not counted apart; no task can be called so.</summary>
    public const string Others = "(others)";

    private static readonly Verdict[] Verdicts = [Verdict.Succeed, Verdict.Fail, Verdict.Unknown];

    private readonly Lock gate = new();
    private readonly Dictionary<(string Kind, string Name), Counts> tasks = [];

    /// <summary>Counts what a collector does from now on.</summary>
    public void Follow(RoundCollector collector)
    {
        collector.Judged += Count;
        collector.Missed += (kind, name, missed) => Change(kind, name, counts => counts.Missed += missed.Count);
        collector.Changed += notice =>
        {
            if (notice.Event == RoundEvent.Removed)
                Forget(notice.TaskKind, notice.TaskName);
        };
    }

    /// <summary>Counts a round.</summary>
    public void Count(JudgedRound round) => Change(round.TaskKind, round.TaskName, counts =>
    {
        counts.Rounds[round.Verdict] = counts.Rounds.GetValueOrDefault(round.Verdict) + 1;
        foreach (var (channel, sent, failed) in round.Load.Channels)
        {
            var (sentBefore, failedBefore) = counts.Requests.GetValueOrDefault(channel);
            counts.Requests[channel] = (sentBefore + sent, failedBefore + failed);
        }
    });

    /// <summary>Lets go of a task that is gone.</summary>
    public void Forget(string kind, string name)
    {
        lock (gate)
            tasks.Remove((kind, name));
    }

    /// <summary>Writes what was counted.</summary>
    public void Write(MetricPage page)
    {
        lock (gate)
        {
            foreach (var ((kind, name), counts) in tasks)
            {
                foreach (var verdict in Verdicts)
                    page.Add(ControllerMetrics.Rounds, counts.Rounds.GetValueOrDefault(verdict), kind, name, ReportWords.Of(verdict));
                page.Add(ControllerMetrics.RoundsMissed, counts.Missed, kind, name);
                foreach (var (channel, (sent, failed)) in counts.Requests)
                {
                    page.Add(ControllerMetrics.RequestsSent, sent, kind, name, ReportWords.Of(channel));
                    page.Add(ControllerMetrics.RequestsFailed, failed, kind, name, ReportWords.Of(channel));
                }
            }
        }
    }

    private void Change(string kind, string name, Action<Counts> change)
    {
        lock (gate)
        {
            var key = tasks.ContainsKey((kind, name)) || tasks.Count < MaxTasks ? (kind, name) : (kind, Others);
            if (!tasks.TryGetValue(key, out var counts))
                tasks[key] = counts = new Counts();
            change(counts);
        }
    }

    private sealed class Counts
    {
        public Dictionary<Verdict, long> Rounds { get; } = [];

        public SortedDictionary<Channel, (long Sent, long Failed)> Requests { get; } = [];

        public long Missed { get; set; }
    }
}
