using System.ComponentModel;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Controller.Settings;

/// <summary>
/// All that an installer may decide about a controller in a cluster; read once, at its start. One section per concern: whoever adds a concern adds a
/// record here and its rules to <see cref="SettingsRules"/>, and the reference, the reading and the words about mistakes follow.
/// </summary>
[Description("All that may be decided about a controller.")]
public sealed record ControllerSettings
{
    [Description("What a single task may ask for, and how many tasks and agents there may be.")]
    public LimitSettings Limits { get; init; } = new();

    [Description("What all tasks together may ask for.")]
    public BudgetSettings Budgets { get; init; } = new();

    [Description("Which addresses AppHttpHealthy and Netdns tasks may name.")]
    public TargetSettings Targets { get; init; } = new();

    [Description("The namespaces whose Secrets and ConfigMaps tasks may name. The controller needs the right to read them there, and whoever applies the task needs it too.")]
    public IReadOnlyList<string> SecretNamespaces { get; init; } = [];

    [Description("Where rounds and their results are kept.")]
    public StorageSettings Storage { get; init; } = new();

    [Description("How much of the past is kept. What goes beyond is removed, oldest first; a task's newest round always stays.")]
    public RetentionSettings Retention { get; init; } = new();

    [Description("What holds for agents unless a task says otherwise.")]
    public AgentSettings Agents { get; init; } = new();

    [Description("How reports are served.")]
    public ReportSettings Reports { get; init; } = new();

    [Description("The ports of the controller's container.")]
    public PortSettings Ports { get; init; } = new();

    /// <summary>What a task may ask for, as the validator is told.</summary>
    public TaskLimits ForTasks() => new()
    {
        Addresses = Targets.Rule,
        NetReachQps = Limits.NetReachRequestMaxQPS,
        AppHttpHealthyQps = Limits.AppHttpHealthyRequestMaxQPS,
        NetdnsQps = Limits.NetDnsRequestMaxQPS,
    };
}
