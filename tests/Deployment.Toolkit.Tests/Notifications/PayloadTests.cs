using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Deployment.Toolkit.Notifications;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Notifications;

/// <summary>Each receiver's payload fits it, says how the run ended whatever else is cut, and means nothing of its own.</summary>
public sealed class PayloadTests
{
    private const string Outcome = "Rolled back after 12.3 s: release 1.4.0 in Production; what it had changed was taken back.";

    [Fact]
    public void Two_megabytes_of_output_fit_slack_and_the_outcome_is_there()
    {
        using var json = JsonDocument.Parse(SlackMessage.Write(Large("line <!channel> & ```\n")));
        var blocks = json.RootElement.GetProperty("blocks").EnumerateArray().ToList();
        Assert.InRange(blocks.Count, 4, SlackMessage.MostBlocks);
        Assert.All(blocks, static block => Assert.InRange(block.GetProperty("text").GetProperty("text").GetString()!.Length, 1, SlackMessage.MostCharacters));
        Assert.True(blocks[0].GetProperty("text").GetProperty("text").GetString()!.Length <= 150);
        Assert.Equal((Outcome, Outcome), (json.RootElement.GetProperty("text").GetString(), blocks[1].GetProperty("text").GetProperty("text").GetString()));
        var output = blocks[3].GetProperty("text").GetProperty("text").GetString()!;
        Assert.Contains("characters left out", output, StringComparison.Ordinal);
        Assert.EndsWith("the last line```", output, StringComparison.Ordinal);
        Assert.DoesNotContain("<!channel>", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a line of output\n")]
    [InlineData("\u0001\u0002\u0003\n")]
    [InlineData("😀😀😀😀\n")]
    public void Two_megabytes_of_output_fit_teams_and_the_outcome_is_there(string line)
    {
        var bytes = TeamsCard.Write(Large(line));
        Assert.InRange(bytes.Length, 1, TeamsCard.MostBytes);
        using var json = JsonDocument.Parse(bytes);
        var card = json.RootElement.GetProperty("attachments")[0];
        Assert.Equal("application/vnd.microsoft.card.adaptive", card.GetProperty("contentType").GetString());
        Assert.Equal(Outcome, card.GetProperty("content").GetProperty("body")[1].GetProperty("inlines")[0].GetProperty("text").GetString());
    }

    // Markdown is read in a TextBlock and a FactSet, and nowhere else.
    [Fact]
    public void Nothing_in_a_card_of_teams_reads_markdown()
    {
        const string link = "[the fix](http://evil.example.org) **now**";
        using var json = JsonDocument.Parse(TeamsCard.Write(Large("line\n") with { Outcome = link, Messages = [link], By = link, App = link }));
        var blocks = json.RootElement.GetProperty("attachments")[0].GetProperty("content").GetProperty("body").EnumerateArray().ToList();
        Assert.All(blocks, static block => Assert.Equal("RichTextBlock", block.GetProperty("type").GetString()));
        Assert.Equal(4, blocks.Count(static block => block.GetProperty("inlines").EnumerateArray().Any(static run => run.GetProperty("text").GetString()!.Contains(link, StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("a line of output\n")]
    [InlineData("\u0001\u0002\u0003\n")]
    public void A_cloud_event_fits_what_every_intermediary_takes(string line)
    {
        var bytes = CdEvent.Write(Large(line));
        Assert.InRange(bytes.Length, 1, 64 * 1024);
        using var json = JsonDocument.Parse(bytes);
        Assert.Equal(Outcome, json.RootElement.GetProperty("data").GetProperty("customData").GetProperty("outcome").GetString());
    }

    [Theory]
    [InlineData(NoticeKind.Deployed)]
    [InlineData(NoticeKind.Upgraded)]
    [InlineData(NoticeKind.RolledBack)]
    [InlineData(NoticeKind.Done)]
    [InlineData(NoticeKind.Failed)]
    [InlineData(NoticeKind.NeedsAttention)]
    [InlineData(NoticeKind.Test)]
    public void A_cd_event_has_what_its_schema_wants_and_nothing_else(NoticeKind kind)
    {
        using var json = JsonDocument.Parse(CdEvent.Write(Notice(["no"], []) with { Kind = kind, PreviousRelease = new Release("1.3.0") }));
        var cloud = json.RootElement;
        Assert.Equal(["specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data"], Names(cloud));
        Assert.Equal("1.0", cloud.GetProperty("specversion").GetString());
        var data = cloud.GetProperty("data");
        Assert.Equal(["context", "subject", "customData", "customDataContentType"], Names(data));
        Assert.Equal(["specversion", "id", "source", "type", "timestamp"], Names(data.GetProperty("context")));
        Assert.Equal("0.5.1", data.GetProperty("context").GetProperty("specversion").GetString());
        foreach (var name in (string[])["id", "source", "type"]) Assert.Equal(cloud.GetProperty(name).GetString(), data.GetProperty("context").GetProperty(name).GetString());
        Assert.True(data.GetProperty("context").GetProperty("timestamp").TryGetDateTimeOffset(out _));
        Assert.True(Uri.TryCreate(cloud.GetProperty("source").GetString(), UriKind.Relative, out _));
        Assert.Equal(["id", "content"], Names(data.GetProperty("subject")));
        var content = data.GetProperty("subject").GetProperty("content");
        if (cloud.GetProperty("type").GetString()!.Contains(".service.", StringComparison.Ordinal))
        {
            Assert.Equal(["environment", "artifactId"], Names(content));
            Assert.Equal(["id"], Names(content.GetProperty("environment")));
            Assert.Equal("pkg:generic/the%20shop@1.4.0%2B9fceb02", content.GetProperty("artifactId").GetString());
        }
        else
        {
            Assert.Empty(Names(content).Except(["pipelineName", "outcome", "errors"]));
            Assert.Contains(content.GetProperty("outcome").GetString(), (string[])["success", "failure", "error"]);
        }
    }

    [Fact]
    public void Text_is_cut_in_its_middle_and_in_no_character()
    {
        var text = string.Concat(Enumerable.Repeat("😀", 400));
        for (var most = 0; most < 300; most++)
        {
            foreach (var cut in (string[])[ShortenedText.Middle(text, most), ShortenedText.End(text, most)])
            {
                Assert.True(cut.Length <= Math.Max(1, most), $"{cut.Length} for {most}");
                Assert.Equal(cut, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(cut)));
            }
        }

        Assert.Equal("short", ShortenedText.Middle("short", 5));
        Assert.Matches("(?s)^first.*left out.*last$", ShortenedText.Middle($"first{new string('x', 500)}last", 100));
    }

    [Fact]
    public async Task Mail_says_the_outcome_first_and_takes_no_header_from_a_title()
    {
        using var sink = new TcpListener(IPAddress.Loopback, 0);
        sink.Start();
        var received = ReceiveAsync(sink, TestContext.Current.CancellationToken);
        var options = new MailReceiverOptions { Host = "127.0.0.1", Port = ((IPEndPoint)sink.LocalEndpoint).Port, UsesTls = false, From = "deploy@example.org" };
        options.To.Add("ops@example.org");
        using var services = new ServiceCollection().BuildServiceProvider();
        await new MailReceiver(services, options).NotifyAsync(Notice(["It broke."], ["the last line"]) with { App = "the shop\r\nBcc: other@example.org" }, TestContext.Current.CancellationToken);

        var mail = await received;
        var (head, body) = (mail[..mail.IndexOf("\r\n\r\n", StringComparison.Ordinal)], Decoded(mail));
        Assert.DoesNotContain("\nBcc:", head, StringComparison.Ordinal);
        Assert.Contains("RCPT TO:<ops@example.org>", mail, StringComparison.Ordinal);
        Assert.StartsWith(Outcome, body, StringComparison.Ordinal);
        Assert.Contains("the last line", body, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(static property => property.Name);

    private static DeploymentNotice Large(string line) =>
        Notice([$"It broke. {string.Concat(Enumerable.Repeat(line, 2_000_000 / line.Length))}"], [.. Enumerable.Repeat(line.TrimEnd('\n'), 1000), "the last line"]);

    private static DeploymentNotice Notice(IReadOnlyList<string> messages, IReadOnlyList<string> output) => new()
    {
        Id = new string('a', 32),
        Kind = NoticeKind.Failed,
        At = new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero),
        App = "the shop",
        Environment = "Production",
        Release = new Release("1.4.0", "9fceb02"),
        Run = "20261121-034351-7f3a",
        By = "me@host",
        Duration = TimeSpan.FromSeconds(12.3),
        Outcome = Outcome,
        Messages = messages,
        Output = output,
    };

    // As much of SMTP as one mail takes.
    private static async Task<string> ReceiveAsync(TcpListener sink, CancellationToken cancellationToken)
    {
        using var client = await sink.AcceptTcpClientAsync(cancellationToken);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.ASCII);
        await using var writer = new StreamWriter(stream, Encoding.ASCII) { AutoFlush = true, NewLine = "\r\n" };
        var all = new StringBuilder();
        await writer.WriteLineAsync("220 sink");
        for (var isData = false; await reader.ReadLineAsync(cancellationToken) is { } line;)
        {
            all.Append(line).Append("\r\n");
            if (isData)
            {
                if (line != ".") continue;
                await writer.WriteLineAsync("250 taken");
                return all.ToString();
            }

            isData = line == "DATA";
            await writer.WriteLineAsync(isData ? "354 go on" : "250 ok");
        }

        return all.ToString();
    }

    private static string Decoded(string mail)
    {
        var body = mail[(mail.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..].TrimEnd('.', '\r', '\n');
        return mail.Contains("base64", StringComparison.OrdinalIgnoreCase) ? Encoding.UTF8.GetString(Convert.FromBase64String(body.Replace("\r\n", "", StringComparison.Ordinal)))
            : body.Replace("=\r\n", "", StringComparison.Ordinal);
    }
}
