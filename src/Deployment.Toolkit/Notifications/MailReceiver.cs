using System.Net;
using System.Net.Mail;
using System.Text;
using Deployment.Toolkit.Secrets;

namespace Deployment.Toolkit.Notifications;

/// <summary>Sends notices as plain mail.</summary>
internal sealed class MailReceiver(IServiceProvider services, MailReceiverOptions options) : DeploymentObserver
{
    private const int MostSubject = 200;
    private const int MostBody = 100_000;

    public override async Task NotifyAsync(DeploymentNotice notice, CancellationToken cancellationToken)
    {
        using var mail = new MailMessage
        {
            From = new MailAddress(options.From),
            // A line end in a subject would begin another header.
            Subject = ShortenedText.End(
                string.Join(' ', NoticeText.Title(notice).Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries)),
                MostSubject
            ),
            SubjectEncoding = Encoding.UTF8,
            Body = BodyOf(notice),
            BodyEncoding = Encoding.UTF8,
        };
        foreach (var to in options.To)
            mail.To.Add(new MailAddress(to));
        mail.Headers.Add("Message-ID", $"<{notice.Id}@deployment-toolkit>");
        using var client = new SmtpClient(options.Host, options.Port) { EnableSsl = options.UsesTls };
        if (options.User is { } user)
            client.Credentials = new NetworkCredential(
                user,
                options.PasswordSetting is { } setting
                    ? SettingReader.Read(services, setting)
                        ?? throw new NoticeRefusedException($"Setting {setting}, which is to hold the password of mail, is not there.")
                    : ""
            );
        try
        {
            await client.SendMailAsync(mail, cancellationToken).ConfigureAwait(false);
        }
        catch (SmtpException e)
        {
            throw new NoticeRefusedException($"The mail server {options.Host} did not take it: {e.StatusCode}.");
        }
    }

    private static string BodyOf(DeploymentNotice notice)
    {
        var body = new StringBuilder(notice.Outcome).Append("\n\n");
        foreach (var (fact, value) in NoticeText.Facts(notice))
            body.Append(fact).Append(": ").Append(value).Append('\n');
        if (NoticeText.Details(notice) is { Length: > 0 } details)
            body.Append('\n').Append(ShortenedText.Middle(details, MostBody));
        return body.ToString();
    }
}
