using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Tests.Diagnostics;

public sealed class SentenceTests
{
    [Fact]
    public void What_quotes_messages_has_no_code_in_its_middle()
    {
        var refusal = new DeploymentException(DeploymentOutcome.Refused, [new DeploymentMessage("DTK7101", "One is changed."), new DeploymentMessage("DTK7102", "One is unreadable.")]);

        Assert.Equal("One is changed. One is unreadable.", Sentence.Of(refusal));
    }

    [Theory]
    [InlineData("The pipe is broken")]
    [InlineData("The pipe is broken. ")]
    public void What_others_say_ends_as_a_sentence(string said) => Assert.Equal("The pipe is broken.", Sentence.Of(new IOException(said)));
}
