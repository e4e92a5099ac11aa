using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Kdoctor.Controller.Settings;

/// <summary>What holds for agents unless a task says otherwise.</summary>
[Description("What holds for agents unless a task says otherwise.")]
public sealed record AgentSettings
{
    [Range(0, 60)]
    [Description("For how many seconds after the controller's start agents may connect before a round begins without those that are missing. It begins earlier when all are there.")]
    public int SettleSeconds { get; init; } = 20;

    [Range(1, 600)]
    [Description("For how many seconds after its last request an agent whose connection is gone may still deliver its results. Never beyond the round's timeout.")]
    public int DeliverySeconds { get; init; } = 15;
}
