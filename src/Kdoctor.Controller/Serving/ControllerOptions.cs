using Kdoctor.Controller.Collecting;
using Kdoctor.Controller.Inputs;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Controller.Sessions;

namespace Kdoctor.Controller.Serving;

/// <summary>A controller's settings; the defaults serve.</summary>
public sealed record ControllerOptions
{
    /// <summary>How tasks are looked at.</summary>
    public ReconcilerOptions Reconciler { get; init; } = new();

    /// <summary>How long results are waited for.</summary>
    public CollectorOptions Collector { get; init; } = new();

    /// <summary>Bounds of the agents' streams.</summary>
    public SessionOptions Sessions { get; init; } = new();

    /// <summary>Where Secrets and ConfigMaps that tasks name are read; by default nowhere.</summary>
    public ObjectAccess Objects { get; init; } = ObjectAccess.None;

    /// <summary>How often the store is pruned: 1 s to 1 day, default 10 min.</summary>
    public TimeSpan PruneEvery { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How many measurements a report may have to be listed whole (<see cref="Settings.ReportSettings.MeasurementsListed"/>): default 256.</summary>
    public int MeasurementsListed { get; init; } = 256;

    /// <summary>The options of a controller with these settings.</summary>
    public static ControllerOptions Of(Settings.ControllerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new ControllerOptions
        {
            Reconciler = new ReconcilerOptions
            {
                Limits = settings.ForTasks(),
                Budgets = settings.Budgets.Budgets,
                MaxTasks = settings.Limits.MaxTasks,
                Settle = TimeSpan.FromSeconds(settings.Agents.SettleSeconds),
            },
            Collector = new CollectorOptions { DeliveryGrace = TimeSpan.FromSeconds(settings.Agents.DeliverySeconds) },
            Sessions = new SessionOptions { MaxAgents = settings.Limits.MaxAgents },
            Objects = new ObjectAccess([.. settings.SecretNamespaces]),
            MeasurementsListed = settings.Reports.MeasurementsListed,
        };
    }

    /// <summary>Everything that is wrong with these options; empty when nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        foreach (var problem in Reconciler.Problems().Concat(Collector.Problems()).Concat(Sessions.Problems()))
            yield return problem;
        if (PruneEvery < TimeSpan.FromSeconds(1) || PruneEvery > TimeSpan.FromDays(1))
            yield return $"the store is pruned every {PruneEvery}; it must be 1 s to 1 day";
    }
}
