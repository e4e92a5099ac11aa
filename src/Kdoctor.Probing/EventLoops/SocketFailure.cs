using Kdoctor.Core.Results;

namespace Kdoctor.Probing.EventLoops;

/// <summary>What a socket call's error number says about whom.</summary>
internal static class SocketFailure
{
    /// <summary>The cause behind an error number.</summary>
    /// <remarks>
    /// ICMP errors reach connect and send as ENETUNREACH, EHOSTUNREACH, ENOPROTOOPT, EPROTO or ECONNREFUSED (tcp(7), icmp(7)); a local firewall's or
    /// route's "no" as EPERM or EACCES. What is left is this machine's own: descriptors, ports, memory, a source address that it does not have.
    /// </remarks>
    internal static FailureCause CauseOf(int errno) => errno switch
    {
        Errno.ConnectionRefused => FailureCause.Refused,
        Errno.ConnectionReset or Errno.ConnectionAborted => FailureCause.Reset,
        Errno.BrokenPipe => FailureCause.Closed,
        Errno.TimedOut => FailureCause.TimedOut,
        Errno.NetworkUnreachable or Errno.HostUnreachable or Errno.NetworkDown or Errno.HostDown or Errno.ProtocolNotAvailable or Errno.ProtocolError
            or Errno.PermissionDenied or Errno.AccessDenied => FailureCause.Unreachable,
        _ => FailureCause.LocalResource,
    };
}
