using Kdoctor.Core.Planning;
using Kdoctor.Probing.Dns;
using Xunit;

namespace Kdoctor.TestKit.Fuzzing.Targets;

/// <summary>Answers of DNS servers (RFC 1035): reading them ends, gives the same twice and stays within the format's bounds.</summary>
public static class DnsAnswers
{
    internal static readonly QueryTemplate Asked = new("www.example.test", DnsRecordType.A);

    /// <summary>Answers of real servers, kept as they came, by what they are.</summary>
    public static IReadOnlyDictionary<string, byte[]> Seeds { get; } = Repository.Files("tests/Kdoctor.Tests/Probing/Dns/Corpus", ".bin")
        .ToDictionary(file => Path.GetFileNameWithoutExtension(file), file => File.ReadAllBytes(Repository.Path(file)), StringComparer.Ordinal);

    public static FuzzTarget Target { get; } = new("dns-answer", Takes, () => Seeds.Values);

    /// <summary>Reads an answer to the question of <see cref="Asked"/>.</summary>
    internal static AnswerFault Read(ReadOnlySpan<byte> message)
    {
        var fault = AnswerReader.Read(message, Asked, out var answer);
        Assert.Equal(fault, AnswerReader.Read(message, Asked, out var again));
        Assert.Equal(answer, again);
        Assert.True(Enum.IsDefined(fault));
        Assert.InRange(answer.Records, 0, 65535);
        Assert.InRange(answer.Code, 0, 4095);
        return fault;
    }

    // Most of what changes in an answer is seen only behind the right question.
    private static bool Takes(byte[] bytes)
    {
        var sound = Read(bytes) == AnswerFault.None;
        var question = bytes.AsSpan(Math.Min(12, bytes.Length));
        if (question.Length < Asked.Question.Length)
            return sound;
        Asked.Question.CopyTo(question);
        return Read(bytes) == AnswerFault.None || sound;
    }
}
