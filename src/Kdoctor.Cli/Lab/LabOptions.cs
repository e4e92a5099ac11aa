using System.Net;
using Kdoctor.Core.Planning.Budgets;

namespace Kdoctor.Cli.Lab;

/// <summary>How a lab is made.</summary>
internal sealed record LabOptions
{
    /// <summary>The most nodes: their number is the last byte of an address.</summary>
    public const int MaxNodes = 250;

    /// <summary>Enough to tell a node's fault from a pair's.</summary>
    public const int DefaultNodes = 3;

    /// <summary>The port that <c>kdoctor up</c> serves the Kubernetes API on, unless told otherwise.</summary>
    public const int DefaultApiPort = 7443;

    /// <summary>How many nodes, each with an agent: 1 to <see cref="MaxNodes"/>.</summary>
    public int Nodes { get; init; } = DefaultNodes;

    /// <summary>Where the Kubernetes API and, on another port, the agents' stream are served. Loopback unless the user says otherwise; port 0 for a free one.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>Where the agents' stream is served.</summary>
    public IPEndPoint ListenForAgents { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>The data folder; null for one that goes when the lab goes.</summary>
    public string? Data { get; init; }

    /// <summary>What all rounds that run at the same time may ask for.</summary>
    public RequestBudgets Budgets { get; init; } = new();
}
