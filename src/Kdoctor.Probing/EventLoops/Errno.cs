namespace Kdoctor.Probing.EventLoops;

/// <summary>Error numbers of Linux, the same on x64 and arm64 (asm-generic/errno.h).</summary>
internal static class Errno
{
    internal const int PermissionDenied = 1;
    internal const int Interrupted = 4;
    internal const int Again = 11;
    internal const int OutOfMemory = 12;
    internal const int AccessDenied = 13;
    internal const int SystemFileTableFull = 23;
    internal const int TooManyOpenFiles = 24;
    internal const int BrokenPipe = 32;
    internal const int NotImplemented = 38;
    internal const int ProtocolError = 71;
    internal const int ProtocolNotAvailable = 92;
    internal const int NetworkDown = 100;
    internal const int NetworkUnreachable = 101;
    internal const int ConnectionAborted = 103;
    internal const int ConnectionReset = 104;
    internal const int NoBufferSpace = 105;
    internal const int TimedOut = 110;
    internal const int ConnectionRefused = 111;
    internal const int HostDown = 112;
    internal const int HostUnreachable = 113;
    internal const int InProgress = 115;
}
