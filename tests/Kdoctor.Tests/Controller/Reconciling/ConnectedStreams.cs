using Kdoctor.Controller.Reconciling;
using Kdoctor.Core.Planning;
using Kdoctor.TestKit.Reports;

namespace Kdoctor.Tests.Controller.Reconciling;

/// <summary>Agents agent-1..n that come and go as a test says.</summary>
internal sealed class ConnectedStreams : IConnectedAgents
{
    private IReadOnlyCollection<AgentInfo> connected = [];

    public event Action? Changed;

    public event Action<string>? Left;

    /// <summary>What happens once, between the next look and its use.</summary>
    public Action? WhileLookedAt { get; set; }

    public IReadOnlyCollection<AgentInfo> Connected
    {
        get
        {
            var seen = connected;
            var meanwhile = WhileLookedAt;
            WhileLookedAt = null;
            meanwhile?.Invoke();
            return seen;
        }
        private set => connected = value;
    }

    /// <summary>One says goodbye and goes; the others stay.</summary>
    public void Goodbye(int gone, params int[] others)
    {
        Connected = [.. others.Select(number => MeshSnapshot.Agent(number))];
        Left?.Invoke(MeshSnapshot.Agent(gone).Id);
        Changed?.Invoke();
    }

    /// <summary>These are there now.</summary>
    public void Set(params int[] numbers)
    {
        Connected = [.. numbers.Select(number => MeshSnapshot.Agent(number))];
        Changed?.Invoke();
    }
}
