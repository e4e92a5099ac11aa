namespace Kdoctor.Agent.Usage;

/// <summary>Where a process's own use of the machine is read.</summary>
internal interface IUsageSource
{
    /// <summary>Processor time used so far, in user and kernel mode; null when it cannot be read.</summary>
    TimeSpan? CpuTime();

    /// <summary>Bytes resident now; null when they cannot be read.</summary>
    long? ResidentBytes();
}

/// <summary>This process, whatever control group it is in.</summary>
internal sealed class OwnProcess : IUsageSource
{
    private const string StatmPath = "/proc/self/statm";

    public TimeSpan? CpuTime() => Environment.CpuUsage.TotalTime;

    // proc_pid_statm(5): the second number is the resident pages.
    public long? ResidentBytes()
    {
        try
        {
            var fields = File.ReadAllText(StatmPath).Split(' ');
            return fields.Length > 1 && long.TryParse(fields[1], out var pages) ? pages * Environment.SystemPageSize : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
