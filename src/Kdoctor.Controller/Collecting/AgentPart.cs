using Kdoctor.Controller.Sessions;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Protocol;

namespace Kdoctor.Controller.Collecting;

/// <summary>How far one planned agent is with its part of a running round.</summary>
internal sealed class AgentPart(AgentPlan plan, double phase)
{
    public AgentPlan Plan { get; } = plan;

    /// <summary>Its place in the mesh, 0..1.</summary>
    public double Phase { get; } = phase;

    /// <summary>The stream on which it was told of the round; null before that, and after a restart of the controller.</summary>
    public AgentSession? AssignedTo { get; set; }

    /// <summary>Whether there was nobody to tell of the round when it was its turn, so that no process can have begun its part.</summary>
    public bool Untold { get; set; }

    /// <summary>Whether its shard is in the store.</summary>
    public bool Reported { get; set; }

    /// <summary>Why nothing more is awaited from it; null while something is. A shard that comes nevertheless, before the round ends, counts.</summary>
    public string? Silence { get; set; }

    /// <summary>What it last said of its progress; null before that.</summary>
    public ProgressMessage? Progress { get; set; }

    /// <summary>
    /// Whether the process on this stream, which does not hold the round, certainly has not begun it: nobody was told of the round, or the very same
    /// process was, in vain. Whoever began has said how far it is.
    /// </summary>
    public bool CanBeginLate(AgentSession session) => Progress is null && (Untold || (AssignedTo?.Instance is { } told && told == session.Instance));

    public bool Awaited => !Reported && Silence is null;
}
