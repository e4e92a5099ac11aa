namespace Kdoctor.Cli.Lab;

/// <summary>The lab cannot run here; the message says what is in the way and what to do about it.</summary>
internal sealed class LabException : Exception
{
    public LabException(string message)
        : base(message)
    {
    }

    public LabException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
