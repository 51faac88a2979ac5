-- Every row of a database in which the code of schema 0012 let a group go through all that happens to payments.

INSERT INTO groups (id, title, currency, language, time_zone, payments_enabled, methods, negative_balances, takes_cards, join_policy, invitation, coordinator_invitation, created_at) VALUES
(1, 'AMAP des Lilas', 'EUR', 'fr', 'Europe/Paris', TRUE, '["cheque", "cash", "transfer", "member_credit", "card"]', FALSE, TRUE, 'chat', '65be5ab6a0ecbfd2', 'c7169b729b8261fe9b69da62', '2026-11-24T22:09:11.517378+00:00'),
(2, 'Un autre groupe', 'EUR', 'fr', 'Europe/Paris', TRUE, '["cheque", "cash", "transfer", "member_credit"]', FALSE, FALSE, 'chat', 'd5d7a7c9755278f0', '8703793562f84905c3dcbb95', '2026-11-24T22:09:11.538330+00:00');

INSERT INTO accounts (id, group_id, kind, owner_id, currency, balance_cents, last_seq) VALUES
(1, 1, 'cash', 0, 'EUR', 5485, 5),
(2, 1, 'cheques', 0, 'EUR', 1000, 1),
(3, 1, 'bank', 0, 'EUR', 1570, 4),
(4, 1, 'card', 0, 'EUR', 1410, 7),
(5, 1, 'card-fees', 0, 'EUR', 60, 2),
(6, 1, 'write-offs', 0, 'EUR', 0, 0),
(7, 1, 'adjustments', 0, 'EUR', 100, 1),
(8, 1, 'opening', 0, 'EUR', 2000, 1),
(9, 1, 'members', 1, 'EUR', 0, 0),
(10, 2, 'cash', 0, 'EUR', 0, 0),
(11, 2, 'cheques', 0, 'EUR', 0, 0),
(12, 2, 'bank', 0, 'EUR', 0, 0),
(13, 2, 'card', 0, 'EUR', 0, 0),
(14, 2, 'card-fees', 0, 'EUR', 0, 0),
(15, 2, 'write-offs', 0, 'EUR', 0, 0),
(16, 2, 'adjustments', 0, 'EUR', 0, 0),
(17, 2, 'opening', 0, 'EUR', 0, 0),
(18, 2, 'members', 2, 'EUR', 100, 1),
(19, 1, 'members', 3, 'EUR', -4550, 12),
(20, 1, 'members', 4, 'EUR', -3185, 16),
(21, 1, 'producers', 1, 'EUR', -1750, 5),
(22, 1, 'producers', 2, 'EUR', -2140, 6),
(23, 2, 'producers', 3, 'EUR', -100, 1);

INSERT INTO chats (id, group_id, telegram_id, kind) VALUES
(1, 1, -1, 'members'),
(2, 2, -2, 'members');

INSERT INTO distributions (id, group_id, place, starts_at, opens_at, closes_at, created_at, cancelled_at) VALUES
(1, 1, 'Salle des fêtes', '2026-12-01T22:09:11.589912+00:00', '2026-11-24T22:09:11.589966+00:00', '2026-11-30T22:09:11.589912+00:00', '2026-11-24T22:09:11.589966+00:00', NULL),
(2, 1, 'Salle des fêtes', '2026-12-01T22:09:11.592067+00:00', '2026-11-24T22:09:11.592111+00:00', '2026-11-30T22:09:11.592067+00:00', '2026-11-24T22:09:11.592111+00:00', NULL),
(3, 1, 'Salle des fêtes', '2026-12-01T22:09:11.593871+00:00', '2026-11-24T22:09:11.593914+00:00', '2026-11-30T22:09:11.593871+00:00', '2026-11-24T22:09:11.593914+00:00', '2026-11-24T22:09:12.790352+00:00'),
(4, 2, 'Salle des fêtes', '2026-12-01T22:09:12.839436+00:00', '2026-11-24T22:09:12.839522+00:00', '2026-11-30T22:09:12.839436+00:00', '2026-11-24T22:09:12.839522+00:00', NULL);

INSERT INTO people (id, name, language, group_id) VALUES
(1000, 'Anne', 'fr', 1),
(1001, 'Anne', 'fr', 2),
(1002, 'Paul', 'fr', 1),
(1003, 'Marie', 'fr', 1);

INSERT INTO producers (id, group_id, name, name_key) VALUES
(1, 1, 'Ferme des Tilleuls', 'ferme des tilleuls'),
(2, 1, 'Fournil', 'fournil'),
(3, 2, 'Ferme des Tilleuls', 'ferme des tilleuls');

INSERT INTO transactions (id, group_id, kind, key, input_hash, subject, reverses_id, dated, recorded_at, actor_id, note) VALUES
(1, 1, 'opening', 'opening:4:first', '97bbf47a7424097c3780c36da8fa7fec29324d611a94bc00e9e3acb7f0599503', 'member:4', NULL, '2026-11-24', '2026-11-24T22:09:11.596604+00:00', 1, NULL),
(2, 1, 'order', 'basket:1', '7684fb6825e5794cfe6ad39c3c48b41f0882ecc68aadfb8d0d2b04b8716fefa0', 'order:1', NULL, '2026-11-24', '2026-11-24T22:09:11.647699+00:00', 3, NULL),
(3, 1, 'addition', 'basket:2', '49d24a64c09e6e605e7c77c9f322e8ea9287e11e70dd6620fbf66bbe53e52a53', 'order:1', NULL, '2026-11-24', '2026-11-24T22:09:11.847940+00:00', 3, NULL),
(4, 1, 'received-cheque', 'payment:1:1', '86e315649879c70e710c4b695e344c4deccc641e065ce7b0006a52d44e49e826', 'payment:1', NULL, '2026-11-24', '2026-11-24T22:09:11.863739+00:00', 1, NULL),
(5, 1, 'received-transfer', 'payment:3:1', '51d6e97095fbaafb981e5d1968ff3ea6e68f42beabe95c837e503e4e614ecefb', 'payment:3', NULL, '2026-11-24', '2026-11-24T22:09:11.886123+00:00', 1, NULL),
(6, 1, 'order', 'basket:3', '81ecbfe27e498cb73f1dc53d13a38e6f715dc95116a81860dde7d5712543711e', 'order:2', NULL, '2026-11-24', '2026-11-24T22:09:11.927060+00:00', 4, NULL),
(7, 1, 'order', 'basket:4', '19a7f0d5ba1eb2cb9cbbddff6b64ed65c943948aa597792f57ca8ee01a06b3d9', 'order:3', NULL, '2026-11-24', '2026-11-24T22:09:12.000010+00:00', 4, NULL),
(8, 1, 'received-cash', 'payment:7:1', '20879d559418bd9c07f3463ab0d643ead89f959f0a3e08b6ea7c7fdc69c07051', 'payment:7', NULL, '2026-11-24', '2026-11-24T22:09:12.055870+00:00', 1, NULL),
(9, 1, 'correction', 'correction:6:1', 'f6012692e76089826cce0c79255c11bec0d69dfdce6e157b05f4a620682b8839', 'order:3', NULL, '2026-11-24', '2026-11-24T22:09:12.121484+00:00', 1, 'Œufs'),
(10, 1, 'received-cash', 'payment:5:1', '6181ae950f358dc1769722d47d02b8bec73c6e6abffb628ab42bc6d5d9895a30', 'payment:5', NULL, '2026-11-24', '2026-11-24T22:09:12.167192+00:00', 1, NULL),
(11, 1, 'order', 'basket:5', '137586b149135470bdf15d4e07081acff1407a8be0fa8721cb04de8b767adf84', 'order:4', NULL, '2026-11-24', '2026-11-24T22:09:12.197574+00:00', 3, NULL),
(12, 1, 'received-card', 'payment:10:1', '35eb34b19b8eeff624f97bc45b6a9bad6c4849d62c1db173e8c239045a82baff', 'payment:10', NULL, '2026-11-24', '2026-11-24T22:09:12.304065+00:00', 3, NULL),
(13, 1, 'card-fee', 'card:fee:1:txn_2', '7cbf1aea30120b73478a6b2b36735aabb8dbb3b7a2ed634b77e2d6abdbb7547b', NULL, NULL, '2026-11-24', '2026-11-24T22:09:12.349125+00:00', NULL, 'ch_1'),
(14, 1, 'received-cash', 'payment:11:1', '10c6033352ef177bb25955d04a99656e3ef992eeb9a146b15e53a1dbafbc23e9', 'payment:11', NULL, '2026-11-24', '2026-11-24T22:09:12.447411+00:00', 1, NULL),
(15, 1, 'received-card', 'payment:14:1', 'da8d42c1ed83f164938d69b3029842dcfb976839915dab2c494f2ed2f8afe7ab', 'payment:14', NULL, '2026-11-24', '2026-11-24T22:09:12.487882+00:00', 4, NULL),
(16, 1, 'card-fee', 'card:fee:1:txn_4', '003868b0bd31cb87e70f74f576a8152d92e94ba79ed1d4b9167069726849f562', NULL, NULL, '2026-11-24', '2026-11-24T22:09:12.508709+00:00', NULL, 'ch_3'),
(17, 1, 'refunded-card', 'payment:15:1', '3186c6141aaa4533a8aef5c3ea70689b14b7883114f0cdce0bd70f8f558fb121', 'payment:15', NULL, '2026-11-24', '2026-11-24T22:09:12.536144+00:00', 1, NULL),
(18, 1, 'refunded-card', 'payment:16:1', 'e7396d31928e4c70b2216d896884c1b029c6cd0cc8a0b6e78a1ed685e8939bf6', 'payment:16', NULL, '2026-11-24', '2026-11-24T22:09:12.602245+00:00', 1, NULL),
(19, 1, 'reversal', 'reversal:18', '4f07d0b2567624e0dcd3e54068cee5993c44a817c64b51a609365b4598471d58', 'payment:16', 18, '2026-11-24', '2026-11-24T22:09:12.628689+00:00', NULL, NULL),
(20, 1, 'received-transfer', 'payment:17:1', '7ae24da6cf42af3fc409f5ce27e6dd8061a4b60adce32a178b530d2101e51001', 'payment:17', NULL, '2026-11-24', '2026-11-24T22:09:12.646289+00:00', 1, NULL),
(21, 1, 'reversal', 'reversal:20', '10c678c94052b0bea0c65f5e681f2455b565578a8a5a00a8a59d8517171ac50c', 'payment:17', 20, '2026-11-24', '2026-11-24T22:09:12.661660+00:00', 1, NULL),
(22, 1, 'refunded-cash', 'payment:18:1', 'b856ae2133fce77bddf4ef239308919eef6d6755669c12f9c5faa6fddc116f08', 'payment:18', NULL, '2026-11-24', '2026-11-24T22:09:12.678704+00:00', 1, NULL),
(23, 1, 'refunded-cash', 'payment:19:1', 'd6eb1a9f5ef0198800048a0512492c19745fc4f81de03469a66ef0a1e657e93f', 'payment:19', NULL, '2026-11-24', '2026-11-24T22:09:12.713169+00:00', 1, NULL),
(24, 1, 'gift', 'gift:4:16', '323cdadc6790df38cb0336d18599be3497727001d030d7caa31f4d76eb7898bb', 'member:4', NULL, '2026-11-24', '2026-11-24T22:09:12.730549+00:00', 1, 'a reason'),
(25, 1, 'order', 'basket:6', '5437c9ad26212de470c925dae20c390cbaf390a71294806cfe65f7fc7abdfda8', 'order:5', NULL, '2026-11-24', '2026-11-24T22:09:12.757208+00:00', 3, NULL),
(26, 1, 'reversal', 'reversal:25', '4beb862824a785e09fb63018b32df57acc72be08dcc7aa716dbcaaf351f900a5', 'order:5', 25, '2026-11-24', '2026-11-24T22:09:12.804622+00:00', 1, NULL),
(27, 1, 'received-transfer', 'payment:20:3', '0f8218ea4202330cc3a3d4906cbf3c4546f1b512960f6521c1baa3a3f3f95fe3', 'payment:20', NULL, '2026-11-24', '2026-11-24T22:09:12.818832+00:00', 1, NULL),
(28, 2, 'order', 'basket:7', '0133cb2637a0eb15f252cb32af7f418d4f645772a4aa9255e2e075d03c949cd4', 'order:6', NULL, '2026-11-24', '2026-11-24T22:09:12.858163+00:00', 2, NULL);

INSERT INTO members (id, group_id, person_id, name, is_coordinator, is_treasurer, joined_at) VALUES
(1, 1, 1000, 'Anne', TRUE, TRUE, '2026-11-24T22:09:11.527284+00:00'),
(2, 2, 1001, 'Anne', TRUE, TRUE, '2026-11-24T22:09:11.544308+00:00'),
(3, 1, 1002, 'Paul', FALSE, FALSE, '2026-11-24T22:09:11.556185+00:00'),
(4, 1, 1003, 'Marie', FALSE, FALSE, '2026-11-24T22:09:11.565139+00:00');

INSERT INTO products (id, group_id, producer_id, name, name_key, unit, price_cents, vat_rate, stock_milli, weighed, available, short_milli) VALUES
(1, 1, 1, 'Œufs', 'oeufs', 'pièce', 350, 550, 44000, FALSE, TRUE, 0),
(2, 1, 2, 'Pain', 'pain', 'pièce', 535, 550, NULL, FALSE, TRUE, 0),
(3, 2, 3, 'Pain', 'pain', 'pièce', 100, 550, NULL, FALSE, TRUE, 0);

INSERT INTO transfers (id, group_id, transaction_id, debit_account_id, credit_account_id, amount_cents, within_credit) VALUES
(1, 1, 1, 8, 20, 2000, FALSE),
(2, 1, 2, 19, 21, 700, FALSE),
(3, 1, 2, 19, 22, 535, FALSE),
(4, 1, 3, 19, 22, 535, FALSE),
(5, 1, 4, 2, 19, 1000, FALSE),
(6, 1, 5, 3, 19, 500, FALSE),
(7, 1, 6, 20, 21, 300, TRUE),
(8, 1, 6, 20, 21, 50, FALSE),
(9, 1, 6, 20, 22, 535, FALSE),
(10, 1, 7, 20, 21, 1050, FALSE),
(11, 1, 8, 1, 20, 1050, FALSE),
(12, 1, 9, 21, 20, 350, FALSE),
(13, 1, 10, 1, 20, 785, FALSE),
(14, 1, 11, 19, 22, 535, FALSE),
(15, 1, 12, 4, 19, 535, FALSE),
(16, 1, 13, 5, 4, 30, FALSE),
(17, 1, 14, 1, 19, 4000, FALSE),
(18, 1, 15, 4, 20, 1235, FALSE),
(19, 1, 16, 5, 4, 30, FALSE),
(20, 1, 17, 20, 4, 300, FALSE),
(21, 1, 18, 20, 4, 200, FALSE),
(22, 1, 19, 4, 20, 200, FALSE),
(23, 1, 20, 3, 20, 700, FALSE),
(24, 1, 21, 20, 3, 700, FALSE),
(25, 1, 22, 19, 1, 250, FALSE),
(26, 1, 23, 20, 1, 100, FALSE),
(27, 1, 24, 7, 20, 100, FALSE),
(28, 1, 25, 19, 22, 1070, FALSE),
(29, 1, 26, 22, 19, 1070, FALSE),
(30, 1, 27, 3, 19, 1070, FALSE),
(31, 2, 28, 18, 23, 100, FALSE);

INSERT INTO baskets (id, group_id, member_id, distribution_id, created_at, closed_at) VALUES
(1, 1, 3, 1, '2026-11-24T22:09:11.621915+00:00', '2026-11-24T22:09:11.669530+00:00'),
(2, 1, 3, 1, '2026-11-24T22:09:11.831947+00:00', '2026-11-24T22:09:11.849056+00:00'),
(3, 1, 4, 1, '2026-11-24T22:09:11.904546+00:00', '2026-11-24T22:09:11.928285+00:00'),
(4, 1, 4, 2, '2026-11-24T22:09:11.972783+00:00', '2026-11-24T22:09:12.000921+00:00'),
(5, 1, 3, 2, '2026-11-24T22:09:12.180117+00:00', '2026-11-24T22:09:12.198463+00:00'),
(6, 1, 3, 3, '2026-11-24T22:09:12.740757+00:00', '2026-11-24T22:09:12.758068+00:00'),
(7, 2, 2, 4, '2026-11-24T22:09:12.844482+00:00', '2026-11-24T22:09:12.862121+00:00');

INSERT INTO card_accounts (id, group_id, sealed_key, key_hint, key_since, stripe_account, livemode, added_by_id, created_at, look_at) VALUES
(1, 1, 'sealed', 'AAAA', '2026-11-24T22:09:11.574817+00:00', 'acct_1', FALSE, 1, '2026-11-24T22:09:11.574817+00:00', '2026-11-24T22:09:12.490402+00:00');

INSERT INTO changes (id, group_id, distribution_id, kind, by_id, at) VALUES
(1, 1, 2, 'delivered', 1, '2026-11-24T22:09:12.114018+00:00');

INSERT INTO orders (id, group_id, member_id, distribution_id, created_at, cancelled_at) VALUES
(1, 1, 3, 1, '2026-11-24T22:09:11.639424+00:00', NULL),
(2, 1, 4, 1, '2026-11-24T22:09:11.921829+00:00', NULL),
(3, 1, 4, 2, '2026-11-24T22:09:11.986586+00:00', NULL),
(4, 1, 3, 2, '2026-11-24T22:09:12.196298+00:00', NULL),
(5, 1, 3, 3, '2026-11-24T22:09:12.755954+00:00', '2026-11-24T22:09:12.790352+00:00'),
(6, 2, 2, 4, '2026-11-24T22:09:12.854370+00:00', NULL);

INSERT INTO payments (id, group_id, member_id, method, amount_cents, reference, subject, state, dated, entered_by_id, created_at) VALUES
(1, 1, 3, 'cheque', 1235, 'K6F92A5', 'order:1', 'received', '2026-11-24', NULL, '2026-11-24T22:09:11.649142+00:00'),
(2, 1, 3, 'cash', 535, '84T65XC', 'order:1', 'refused', '2026-11-24', NULL, '2026-11-24T22:09:11.848536+00:00'),
(3, 1, 3, 'transfer', 500, 'D3HJPJN', 'order:1', 'received', '2026-11-24', 1, '2026-11-24T22:09:11.884412+00:00'),
(4, 1, 4, 'cheque', 585, 'DR7P896', 'order:2', 'cancelled', '2026-11-24', NULL, '2026-11-24T22:09:11.927776+00:00'),
(5, 1, 4, 'cash', 785, '2XMJ6PP', 'order:2', 'received', '2026-11-24', NULL, '2026-11-24T22:09:11.947457+00:00'),
(6, 1, 4, 'cheque', 1050, '28NEFDM', 'order:3', 'cancelled', '2026-11-24', NULL, '2026-11-24T22:09:12.000464+00:00'),
(7, 1, 4, 'cash', 1050, '2H797JA', 'order:3', 'received', '2026-11-24', NULL, '2026-11-24T22:09:12.045429+00:00'),
(8, 1, 3, 'card', 535, 'CP9DD3H', 'order:4', 'cancelled', '2026-11-24', NULL, '2026-11-24T22:09:12.198013+00:00'),
(9, 1, 3, 'cash', 535, '8RDFTA2', 'order:4', 'cancelled', '2026-11-24', NULL, '2026-11-24T22:09:12.252413+00:00'),
(10, 1, 3, 'card', 535, 'PK5ECH8', 'order:4', 'received', '2026-11-24', NULL, '2026-11-24T22:09:12.285954+00:00'),
(11, 1, 3, 'cash', 4000, 'KF2KK3K', NULL, 'received', '2026-11-24', NULL, '2026-11-24T22:09:12.409656+00:00'),
(12, 1, 4, 'transfer', 1500, 'C9CWPXP', NULL, 'cancelled', '2026-11-24', NULL, '2026-11-24T22:09:12.420772+00:00'),
(13, 1, 4, 'cheque', 1500, 'JCX2D7K', NULL, 'expected', '2026-11-24', NULL, '2026-11-24T22:09:12.435486+00:00'),
(14, 1, 4, 'card', 1235, 'P22988F', NULL, 'received', '2026-11-24', NULL, '2026-11-24T22:09:12.456384+00:00'),
(15, 1, 4, 'card', -300, '5H8EHPN', NULL, 'received', '2026-11-24', 1, '2026-11-24T22:09:12.534576+00:00'),
(16, 1, 4, 'card', -200, '2PMP9XD', NULL, 'cancelled', '2026-11-24', 1, '2026-11-24T22:09:12.600679+00:00'),
(17, 1, 4, 'transfer', 700, 'WWTAKT7', NULL, 'cancelled', '2026-11-24', 1, '2026-11-24T22:09:12.644276+00:00'),
(18, 1, 3, 'cash', -250, 'K3WJK9R', NULL, 'received', '2026-11-24', 1, '2026-11-24T22:09:12.676761+00:00'),
(19, 1, 4, 'cash', -100, 'K33K5CJ', NULL, 'received', '2026-11-24', 1, '2026-11-24T22:09:12.711600+00:00'),
(20, 1, 3, 'transfer', 1070, 'J67WNAX', 'order:5', 'received', '2026-11-24', NULL, '2026-11-24T22:09:12.757617+00:00'),
(21, 2, 2, 'cash', 100, 'F3K42X4', 'order:6', 'expected', '2026-11-24', NULL, '2026-11-24T22:09:12.858593+00:00');

INSERT INTO postings (account_id, seq, group_id, transaction_id, transfer_id, amount_cents, balance_after_cents) VALUES
(1, 1, 1, 8, 11, 1050, 1050),
(1, 2, 1, 10, 13, 785, 1835),
(1, 3, 1, 14, 17, 4000, 5835),
(1, 4, 1, 22, 25, -250, 5585),
(1, 5, 1, 23, 26, -100, 5485),
(2, 1, 1, 4, 5, 1000, 1000),
(3, 1, 1, 5, 6, 500, 500),
(3, 2, 1, 20, 23, 700, 1200),
(3, 3, 1, 21, 24, -700, 500),
(3, 4, 1, 27, 30, 1070, 1570),
(4, 1, 1, 12, 15, 535, 535),
(4, 2, 1, 13, 16, -30, 505),
(4, 3, 1, 15, 18, 1235, 1740),
(4, 4, 1, 16, 19, -30, 1710),
(4, 5, 1, 17, 20, -300, 1410),
(4, 6, 1, 18, 21, -200, 1210),
(4, 7, 1, 19, 22, 200, 1410),
(5, 1, 1, 13, 16, 30, 30),
(5, 2, 1, 16, 19, 30, 60),
(7, 1, 1, 24, 27, 100, 100),
(8, 1, 1, 1, 1, 2000, 2000),
(18, 1, 2, 28, 31, 100, 100),
(19, 1, 1, 2, 2, 700, 700),
(19, 2, 1, 2, 3, 535, 1235),
(19, 3, 1, 3, 4, 535, 1770),
(19, 4, 1, 4, 5, -1000, 770),
(19, 5, 1, 5, 6, -500, 270),
(19, 6, 1, 11, 14, 535, 805),
(19, 7, 1, 12, 15, -535, 270),
(19, 8, 1, 14, 17, -4000, -3730),
(19, 9, 1, 22, 25, 250, -3480),
(19, 10, 1, 25, 28, 1070, -2410),
(19, 11, 1, 26, 29, -1070, -3480),
(19, 12, 1, 27, 30, -1070, -4550),
(20, 1, 1, 1, 1, -2000, -2000),
(20, 2, 1, 6, 7, 300, -1700),
(20, 3, 1, 6, 8, 50, -1650),
(20, 4, 1, 6, 9, 535, -1115),
(20, 5, 1, 7, 10, 1050, -65),
(20, 6, 1, 8, 11, -1050, -1115),
(20, 7, 1, 9, 12, -350, -1465),
(20, 8, 1, 10, 13, -785, -2250),
(20, 9, 1, 15, 18, -1235, -3485),
(20, 10, 1, 17, 20, 300, -3185),
(20, 11, 1, 18, 21, 200, -2985),
(20, 12, 1, 19, 22, -200, -3185),
(20, 13, 1, 20, 23, -700, -3885),
(20, 14, 1, 21, 24, 700, -3185),
(20, 15, 1, 23, 26, 100, -3085),
(20, 16, 1, 24, 27, -100, -3185),
(21, 1, 1, 2, 2, -700, -700),
(21, 2, 1, 6, 7, -300, -1000),
(21, 3, 1, 6, 8, -50, -1050),
(21, 4, 1, 7, 10, -1050, -2100),
(21, 5, 1, 9, 12, 350, -1750),
(22, 1, 1, 2, 3, -535, -535),
(22, 2, 1, 3, 4, -535, -1070),
(22, 3, 1, 6, 9, -535, -1605),
(22, 4, 1, 11, 14, -535, -2140),
(22, 5, 1, 25, 28, -1070, -3210),
(22, 6, 1, 26, 29, 1070, -2140),
(23, 1, 2, 28, 31, -100, -100);

INSERT INTO basket_lines (basket_id, product_id, group_id, quantity_milli) VALUES
(1, 1, 1, 2000),
(1, 2, 1, 1000),
(2, 2, 1, 1000),
(3, 1, 1, 1000),
(3, 2, 1, 1000),
(4, 1, 1, 3000),
(5, 2, 1, 1000),
(6, 2, 1, 2000),
(7, 3, 2, 1000);

INSERT INTO checkouts (id, group_id, payment_id, account_id, token, amount_cents, currency, language, state, stripe_id, url, payment_intent, disputed_cents, tell, created_at, looks) VALUES
(1, 1, 10, 1, '8re869Yad1BpVdRM5z9usw', 535, 'EUR', 'fr', 'paid', 'cs_8re869Yad1BpVdRM5z9usw', 'https://checkout.stripe.test/8re869Yad1BpVdRM5z9usw', 'pi_8re869Yad1BpVdRM5z9usw', 0, FALSE, '2026-11-24T22:09:12.214131+00:00', 0),
(2, 1, 14, 1, 'G1rZvkfAAeeG5Anb1OIjHw', 1235, 'EUR', 'fr', 'paid', 'cs_G1rZvkfAAeeG5Anb1OIjHw', 'https://checkout.stripe.test/G1rZvkfAAeeG5Anb1OIjHw', 'pi_G1rZvkfAAeeG5Anb1OIjHw', 0, FALSE, '2026-11-24T22:09:12.464763+00:00', 0);

INSERT INTO confirmations (id, group_id, order_id, basket_id, method, amount_cents, payment_id, transaction_id, confirmed_at, credit_cents) VALUES
(1, 1, 1, 1, 'cheque', 1235, 1, 2, '2026-11-24T22:09:11.669530+00:00', 0),
(2, 1, 1, 2, 'cash', 535, 2, 3, '2026-11-24T22:09:11.849056+00:00', 0),
(3, 1, 2, 3, 'cash', 885, 5, 6, '2026-11-24T22:09:11.928285+00:00', 100),
(4, 1, 3, 4, 'cheque', 1050, 6, 7, '2026-11-24T22:09:12.000921+00:00', 0),
(5, 1, 4, 5, 'card', 535, 10, 11, '2026-11-24T22:09:12.198463+00:00', 0),
(6, 1, 5, 6, 'transfer', 1070, 20, 25, '2026-11-24T22:09:12.758068+00:00', 0),
(7, 2, 6, 7, 'cash', 100, 21, 28, '2026-11-24T22:09:12.862121+00:00', 0);

INSERT INTO order_steps (id, group_id, order_id, step, kind, by_id, at) VALUES
(1, 1, 2, 1, 'validated', 1, '2026-11-24T22:09:12.134172+00:00');

INSERT INTO payment_switches (id, group_id, payment_id, replaced_by_id, credit_before_cents, credit_after_cents, by_id, at) VALUES
(1, 1, 4, 5, 300, 100, 4, '2026-11-24T22:09:11.947825+00:00'),
(2, 1, 8, 9, 0, 0, 3, '2026-11-24T22:09:12.252926+00:00'),
(3, 1, 9, 10, 0, 0, 3, '2026-11-24T22:09:12.397550+00:00'),
(4, 1, 12, 13, 0, 0, 4, '2026-11-24T22:09:12.436023+00:00');

INSERT INTO refund_requests (id, group_id, member_id, amount_cents, way, created_at, state, decided_by_id, decided_at, payment_id) VALUES
(1, 1, 4, 100, 'cash', '2026-11-24T22:09:12.693254+00:00', 'granted', 1, '2026-11-24T22:09:12.714750+00:00', 19);

INSERT INTO settlements (id, group_id, payment_id, step, kind, amount_cents, transaction_id, by_id, at) VALUES
(1, 1, 1, 1, 'received', 1000, 4, 1, '2026-11-24T22:09:11.864384+00:00'),
(2, 1, 2, 1, 'refused', NULL, NULL, 1, '2026-11-24T22:09:11.875857+00:00'),
(3, 1, 3, 1, 'received', 500, 5, 1, '2026-11-24T22:09:11.886614+00:00'),
(4, 1, 4, 1, 'cancelled', NULL, NULL, 4, '2026-11-24T22:09:11.946067+00:00'),
(5, 1, 6, 1, 'cancelled', NULL, NULL, 1, '2026-11-24T22:09:12.013983+00:00'),
(6, 1, 7, 1, 'received', 1050, 8, 1, '2026-11-24T22:09:12.056461+00:00'),
(7, 1, 5, 1, 'received', 785, 10, 1, '2026-11-24T22:09:12.167639+00:00'),
(8, 1, 8, 1, 'cancelled', NULL, NULL, 3, '2026-11-24T22:09:12.242555+00:00'),
(9, 1, 10, 1, 'received', 535, 12, 3, '2026-11-24T22:09:12.304548+00:00'),
(10, 1, 9, 1, 'cancelled', NULL, NULL, 3, '2026-11-24T22:09:12.396238+00:00'),
(11, 1, 12, 1, 'cancelled', NULL, NULL, 4, '2026-11-24T22:09:12.433965+00:00'),
(12, 1, 11, 1, 'received', 4000, 14, 1, '2026-11-24T22:09:12.447876+00:00'),
(13, 1, 14, 1, 'received', 1235, 15, 4, '2026-11-24T22:09:12.488359+00:00'),
(14, 1, 15, 1, 'received', -300, 17, 1, '2026-11-24T22:09:12.536564+00:00'),
(15, 1, 16, 1, 'received', -200, 18, 1, '2026-11-24T22:09:12.602649+00:00'),
(16, 1, 16, 2, 'undone', NULL, 19, 1, '2026-11-24T22:09:12.629212+00:00'),
(17, 1, 16, 3, 'cancelled', NULL, NULL, 1, '2026-11-24T22:09:12.630728+00:00'),
(18, 1, 17, 1, 'received', 700, 20, 1, '2026-11-24T22:09:12.646782+00:00'),
(19, 1, 17, 2, 'undone', NULL, 21, 1, '2026-11-24T22:09:12.662988+00:00'),
(20, 1, 17, 3, 'cancelled', NULL, NULL, 1, '2026-11-24T22:09:12.664553+00:00'),
(21, 1, 18, 1, 'received', -250, 22, 1, '2026-11-24T22:09:12.683615+00:00'),
(22, 1, 19, 1, 'received', -100, 23, 1, '2026-11-24T22:09:12.713661+00:00'),
(23, 1, 20, 1, 'cancelled', NULL, NULL, 1, '2026-11-24T22:09:12.796816+00:00'),
(24, 1, 20, 2, 'undone', NULL, NULL, 1, '2026-11-24T22:09:12.816751+00:00'),
(25, 1, 20, 3, 'received', 1070, 27, 1, '2026-11-24T22:09:12.823761+00:00');

INSERT INTO card_movements (id, group_id, account_id, stripe_id, kind, category, checkout_id, source, amount_cents, fee_cents, is_ours, transaction_id, at) VALUES
(1, 1, 1, 'txn_2', 'charge', 'charge', 1, 'ch_1', 535, 30, TRUE, 13, '2026-11-24T22:09:12.325693+00:00'),
(2, 1, 1, 'txn_4', 'charge', 'charge', 2, 'ch_3', 1235, 30, TRUE, 16, '2026-11-24T22:09:12.499515+00:00'),
(3, 1, 1, 'txn_6', 'refund', 'refund', 2, 're_5', -300, 0, TRUE, NULL, '2026-11-24T22:09:12.573945+00:00');

INSERT INTO card_refunds (id, group_id, checkout_id, token, amount_cents, state, stripe_id, payment_id, created_at, looks) VALUES
(1, 1, 2, '6RlXMlWRgRRocvsOj3Bx7w', 300, 'made', 're_5', 15, '2026-11-24T22:09:12.537667+00:00', 0),
(2, 1, 2, 'nEp6oxyq4BjqSNecECb9PQ', 200, 'failed', NULL, 16, '2026-11-24T22:09:12.607977+00:00', 0);

INSERT INTO order_lines (id, group_id, order_id, confirmation_id, product_id, producer_id, product_name, unit, price_cents, vat_rate, quantity_milli, amount_cents) VALUES
(1, 1, 1, 1, 1, 1, 'Œufs', 'pièce', 350, 550, 2000, 700),
(2, 1, 1, 1, 2, 2, 'Pain', 'pièce', 535, 550, 1000, 535),
(3, 1, 1, 2, 2, 2, 'Pain', 'pièce', 535, 550, 1000, 535),
(4, 1, 2, 3, 1, 1, 'Œufs', 'pièce', 350, 550, 1000, 350),
(5, 1, 2, 3, 2, 2, 'Pain', 'pièce', 535, 550, 1000, 535),
(6, 1, 3, 4, 1, 1, 'Œufs', 'pièce', 350, 550, 3000, 1050),
(7, 1, 4, 5, 2, 2, 'Pain', 'pièce', 535, 550, 1000, 535),
(8, 1, 5, 6, 2, 2, 'Pain', 'pièce', 535, 550, 2000, 1070),
(9, 2, 6, 7, 3, 3, 'Pain', 'pièce', 100, 550, 1000, 100);

INSERT INTO step_settlements (order_step_id, settlement_id, group_id) VALUES
(1, 7, 1);

INSERT INTO corrections (id, group_id, change_id, order_line_id, step, quantity_milli, price_cents, amount_cents, transaction_id) VALUES
(1, 1, 1, 6, 1, 2000, 350, 700, 9);
