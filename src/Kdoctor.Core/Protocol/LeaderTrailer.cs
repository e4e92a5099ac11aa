namespace Kdoctor.Core.Protocol;

/// <summary>How a controller that does not lead tells an agent where the leader is: in the trailing metadata of the call that it refuses.</summary>
public static class LeaderTrailer
{
    /// <summary>The key; its value is <c>host:port</c>.</summary>
    public const string Key = "kdoctor-leader";
}
