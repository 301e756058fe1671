using System.Text.Json;

namespace Deployment.Toolkit.Journal;

/// <content>What people said of releases.</content>
internal static partial class RecordData
{
    internal static ReleaseApproved ReleaseApproved(JsonElement data) =>
        new(
            Text(data, "id"),
            Release(Object(data, "release")),
            Text(data, "plan"),
            Text(data, "account"),
            Text(data, "by"),
            Get(data, "expires").GetDateTimeOffset()
        )
        {
            Claimed = TextOrNull(data, "claimed"),
            Note = TextOrNull(data, "note"),
            Approver = TextOrNull(data, "approver"),
            Signature = TextOrNull(data, "signature"),
        };

    internal static ApprovalRevoked ApprovalRevoked(JsonElement data) =>
        new(Texts(Get(data, "ids")), Text(data, "reason"), Text(data, "by"));

    internal static ApproverAdded ApproverAdded(JsonElement data) =>
        new(Text(data, "name"), Texts(Get(data, "roles")), Texts(Get(data, "names")), Text(data, "by"))
        {
            Key = TextOrNull(data, "key"),
            SignedBy = TextOrNull(data, "signedBy"),
            Signature = TextOrNull(data, "signature"),
        };

    internal static ApproverRemoved ApproverRemoved(JsonElement data) =>
        new(Text(data, "name"), Text(data, "reason"), Text(data, "by"))
        {
            SignedBy = TextOrNull(data, "signedBy"),
            Signature = TextOrNull(data, "signature"),
        };

    internal static ChecklistTicked ChecklistTicked(JsonElement data) =>
        new(Release(Object(data, "release")), Text(data, "item"), Get(data, "isDone").GetBoolean(), Text(data, "by"))
        {
            Note = TextOrNull(data, "note"),
        };

    internal static HotfixDue HotfixDue(JsonElement data) =>
        new(
            Text(data, "run"),
            Release(Object(data, "release")),
            Text(data, "reason"),
            Texts(Get(data, "approvedBy")),
            Texts(Get(data, "bypassed")),
            Text(data, "mustFollow"),
            Get(data, "until").GetDateTimeOffset(),
            Text(data, "by")
        );

    internal static HotfixPaid HotfixPaid(JsonElement data) =>
        new(Texts(Get(data, "runs")), Release(Object(data, "release")), Text(data, "by"));

    internal static GlassBroken GlassBroken(JsonElement data) =>
        new(
            Text(data, "run"),
            Release(Object(data, "release")),
            Text(data, "reason"),
            Text(data, "account"),
            Text(data, "by"),
            Text(data, "signature")
        )
        {
            Claimed = TextOrNull(data, "claimed"),
            Approver = TextOrNull(data, "approver"),
        };

    internal static GlassReviewed GlassReviewed(JsonElement data) =>
        new(Text(data, "run"), Text(data, "reason"), Text(data, "account"), Text(data, "by"))
        {
            Claimed = TextOrNull(data, "claimed"),
            Approver = TextOrNull(data, "approver"),
            Signature = TextOrNull(data, "signature"),
        };
}
