namespace Kdoctor.Controller.Sessions;

/// <summary>Bounds of the agents' streams.</summary>
public sealed record SessionOptions
{
    /// <summary>The largest message that is read, in bytes: 64 KiB to 16 MiB, default 4 MiB.</summary>
    public int MaxMessageBytes { get; init; } = 4 << 20;

    /// <summary>How many agents may be connected: 1 to 20,000, default 10,000.</summary>
    public int MaxAgents { get; init; } = 10_000;

    /// <summary>How long an authenticated caller may take to say who it is: 1 s to 5 min, default 10 s.</summary>
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Further addresses of the controller, <c>host:port</c>, that agents are told; default none.</summary>
    public IReadOnlyList<string> ControllerAddresses { get; init; } = [];

    /// <summary>Everything that is wrong with these options; empty when nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        if (MaxMessageBytes is < 64 << 10 or > 16 << 20)
            yield return $"the largest message is {MaxMessageBytes} bytes; it must be 64 KiB to 16 MiB";
        if (MaxAgents is < 1 or > 20_000)
            yield return $"the greatest number of agents is {MaxAgents}; it must be 1 to 20,000";
        if (HelloTimeout < TimeSpan.FromSeconds(1) || HelloTimeout > TimeSpan.FromMinutes(5))
            yield return $"the hello timeout is {HelloTimeout}; it must be 1 s to 5 min";
    }
}
